using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Peers;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Mail;

/// <summary>Against a real mail server in a process of its own, which refuses and hangs up at every step when it is told to.</summary>
[Trait("spec", "NO-1")]
[Trait("spec", "JB-6")]
public sealed class MailServerTests(MailServerTests.SendingServer server) : IClassFixture<MailServerTests.SendingServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string to = $"ada-{Guid.CreateVersion7():n}@example.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_arrives_with_its_text_twice_and_its_link_in_one_piece()
    {
        await server.PutMailAsync("test.link", to);
        await server.MailsAreSentAsync(to);

        var mail = Assert.Single(await ArrivedAsync());
        Assert.Matches("^<[0-9a-f]{32}@localhost>$", mail.Id);
        Assert.Contains("Content-Type: text/plain; charset=utf-8", mail.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: text/html; charset=utf-8", mail.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Umlauten: äöü.", mail.Text, StringComparison.Ordinal);
        Assert.Matches(@"\r\nhttps://renexus\.example/verify\?token=[A-Za-z0-9_-]{43}\r\n", mail.Text);
        Assert.DoesNotMatch("[^\r]\n", mail.Text);
    }

    [Theory]
    [InlineData("greeting", 421)]
    [InlineData("mail", 451)]
    [InlineData("rcpt", 450)]
    [InlineData("rcpt", 452)]
    [InlineData("dot", 451)]
    public async Task What_the_server_does_not_take_now_it_gets_later_written_anew(string stage, int code)
    {
        await FailOnceAsync(new { stage, code, text = "4.7.1 Greylisted, come again" });

        Assert.StartsWith($"MailDelayedException: The mail server does not take it now: {code} ", await LastErrorAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(await ArrivedAsync(), mail => mail.IsAnswered);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from mail.letter l join jobs.later j on j.id = l.id where j.payload like '%' || $1 || '%'", to));

        await server.HurryMailAsync(to);
        Assert.Single(await ArrivedAsync());
    }

    [Theory]
    [InlineData("greeting", 554)]
    [InlineData("mail", 550)]
    [InlineData("rcpt", 550)]
    [InlineData("rcpt", 553)]
    [InlineData("dot", 554)]
    public async Task What_the_server_refuses_for_good_is_dead_at_once_with_its_words(string stage, int code)
    {
        await server.Peer.AskAsync("plan", new { next = new[] { new { stage, code, text = "5.1.1 Nobody of that name here" } } });
        await server.PutMailAsync("test.link", to);

        string? error = null;
        await Eventually.TrueAsync("its end", Patience, async () =>
            (error = await server.ScalarAsync<string>("select error from jobs.dead where payload like '%' || $1 || '%'", to)) is not null);

        Assert.StartsWith($"JobFailedException: The mail server refuses it for good: {code} ", error, StringComparison.Ordinal);
        Assert.Contains("5.1.1 Nobody of that name here", error, StringComparison.Ordinal);
        Assert.Empty(await ArrivedAsync());
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("mail")]
    [InlineData("rcpt")]
    [InlineData("data")]
    public async Task A_connection_that_breaks_off_before_the_mail_is_there_brings_it_once(string stage)
    {
        await FailOnceAsync(new { stage, drop = true });

        Assert.Empty(await ArrivedAsync());
        await server.HurryMailAsync(to);
        Assert.Single(await ArrivedAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_off_after_the_final_dot_brings_the_very_same_mail_again()
    {
        await FailOnceAsync(new { stage = "dot", drop = true });
        Assert.Contains("The same mail goes again, with the same Message-ID.", await LastErrorAsync(), StringComparison.Ordinal);
        var unanswered = Assert.Single(await ArrivedAsync());

        await server.HurryMailAsync(to);

        // Mailboxes tell a copy by its Message-ID and keep one of them: the link of either must work.
        var mails = await ArrivedAsync();
        Assert.Equal(2, mails.Count);
        Assert.Equal([false, true], mails.Select(mail => mail.IsAnswered));
        Assert.Equal(unanswered.Id, mails[1].Id);
        Assert.Equal(Mails.TokenIn(unanswered.Text), Mails.TokenIn(mails[1].Text));
    }

    [Fact]
    public async Task A_mail_server_that_is_away_gets_everything_when_it_is_back()
    {
        using var nobody = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((System.Net.IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        var failure = await Assert.ThrowsAsync<SmtpException>(() => NewMailer(port, user: null, password: null).SendAsync(Guid.CreateVersion7(), new MailText(to, "A note", ["Hello."]), Stop));

        Assert.Null(SmtpReply.Of(failure));
        Assert.True(SmtpReply.WasNeverReached(failure));
    }

    [Fact]
    public async Task A_wrong_password_is_no_mails_fault_and_a_right_one_lets_it_through()
    {
        await using var peer = await NodePeer.StartAsync("smtp.mjs");
        var port = (await peer.AskAsync("listen", new { user = "renexus", password = "right" })).GetProperty("port").GetInt32();
        var mail = new MailText(to, "A note", ["Hello."]);

        var failure = await Assert.ThrowsAsync<SmtpException>(() => NewMailer(port, "renexus", "wrong").SendAsync(Guid.CreateVersion7(), mail, Stop));
        Assert.False(SmtpReply.Of(failure)?.IsLasting);
        await NewMailer(port, "renexus", "right").SendAsync(Guid.CreateVersion7(), mail, Stop);

        Assert.Single((await peer.AskAsync("arrived", new { to })).EnumerateArray());
    }

    private static Mailer NewMailer(int port, string? user, string? password) => new(new RenexusOptions
    {
        PublicUrl = "http://localhost",
        Email = new EmailOptions { Host = "127.0.0.1", Port = port, Tls = false, User = user, Password = password },
    });

    private async Task FailOnceAsync(object fault)
    {
        await server.Peer.AskAsync("plan", new { next = new[] { fault } });
        await server.PutMailAsync("test.link", to);
        await Eventually.TrueAsync("a try that failed", Patience, async () => await server.ScalarAsync<long>(
            "select count(*) from jobs.later where reason = 1 and payload like '%' || $1 || '%'", to) == 1);
    }

    private async Task<string> LastErrorAsync() => (await server.ScalarAsync<string>("select last_error from jobs.later where payload like '%' || $1 || '%'", to))!;

    private async Task<IReadOnlyList<Arrived>> ArrivedAsync() =>
        [.. (await server.Peer.AskAsync("arrived", new { to })).EnumerateArray().Select(mail => mail.Deserialize<Arrived>(JsonSerializerOptions.Web)!)];

    /// <param name="IsAnswered">The server said that it has it.</param>
    private sealed record Arrived(string Id, string Text, bool IsAnswered);

    public sealed class SendingServer : TestServer
    {
        private int port;

        internal NodePeer Peer { get; private set; } = null!;

        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:Email:Host", "127.0.0.1"),
            new("Renexus:Email:Port", port.ToString(CultureInfo.InvariantCulture)),
            new("Renexus:Email:Tls", "false"),
            new("Renexus:Email:From", "renexus@localhost"),
            new("Renexus:PublicUrl", "http://localhost"),
        ];

        public override async ValueTask InitializeAsync()
        {
            Peer = await NodePeer.StartAsync("smtp.mjs");
            port = (await Peer.AskAsync("listen")).GetProperty("port").GetInt32();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (Peer is not null)
                await Peer.DisposeAsync();
            GC.SuppressFinalize(this);
        }

        protected override void Configure(IServiceCollection services) => services.AddSingleton<TestMails>().AddMailKind<TestMails>("test.link", mails => mails.LinkAsync);
    }
}
