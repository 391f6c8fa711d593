using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Workspaces;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Mail;

[Trait("spec", "NO-1")]
public class MailSenderTests(MailSenderTests.NotesServer server) : IClassFixture<MailSenderTests.NotesServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_not_committed_is_told_to_nobody()
    {
        var to = NewAddress();
        await using (var work = await server.Database.Database.BeginAsync(Scope.None, Stop))
            await PutAsync(work, to);

        await server.AllMailsAreSentAsync();

        Assert.Empty(server.MailsTo(to));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from mail.outbox where data ->> 'to' = $1", to));
    }

    [Fact]
    public async Task Two_nodes_send_each_mail_once()
    {
        await using var neighbour = await server.StartNeighbourAsync();
        string[] people = [.. Enumerable.Range(0, 60).Select(_ => NewAddress())];

        // A kind that both know, one transaction each; the nodes share their folder.
        await Task.WhenAll(people.Select(async (to, i) =>
        {
            await using var work = await server.Database.Database.BeginAsync(Scope.None, Stop);
            await (i % 2 == 0 ? server : neighbour).Services.GetRequiredService<MailOutbox>().PutAsync(
                work, InvitationMail.UsedKind, new { inviterEmail = to, email = to, workspaceName = "News", name = "Bob", memberEmail = "bob@example.com", role = "editor" }, Stop);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }));
        await server.AllMailsAreSentAsync();

        Assert.All(people, to => Assert.Single(server.MailsTo(to)));
    }

    [Fact]
    public async Task A_mail_that_a_node_died_over_is_not_sent_twice()
    {
        var to = NewAddress();
        await InsertAsync(to, attempts: 1, claimedUntil: "now() - interval '1 second'", handedOverAt: "now() - interval '1 minute'");

        await server.AllMailsAreSentAsync();

        Assert.Equal("unknown", await OutcomeAsync(to));
        Assert.Empty(server.MailsTo(to));
    }

    [Fact]
    public async Task A_mail_that_a_node_died_with_before_handing_it_over_is_sent_by_another()
    {
        var to = NewAddress();
        await InsertAsync(to, attempts: 1, claimedUntil: "now() - interval '1 second'", handedOverAt: "null");

        await server.AllMailsAreSentAsync();

        Assert.Equal("sent", await OutcomeAsync(to));
        Assert.Single(server.MailsTo(to));
    }

    [Fact]
    public async Task A_mail_that_another_node_holds_is_left_to_it()
    {
        var to = NewAddress();
        await InsertAsync(to, attempts: 1, claimedUntil: "now() + interval '1 hour'", handedOverAt: "null");
        var after = NewAddress();
        await CommitAsync([after]);
        await Eventually.TrueAsync("the mail after it", Patience, () => server.MailsTo(after).Any());

        Assert.Empty(server.MailsTo(to));

        await server.ScalarAsync<object>("update mail.outbox set claimed_until = null where data ->> 'to' = $1", to);
        await Eventually.TrueAsync("the mail itself", Patience, () => server.MailsTo(to).Any());
    }

    [Fact]
    public async Task What_fails_is_tried_again_later_each_time_and_at_last_given_up()
    {
        var to = NewAddress();
        await CommitAsync([to], kind: "test.broken");
        await Eventually.TrueAsync("a first try", Patience, async () => await AttemptsAsync(to) == 1 && await WaitsAsync(to));

        // Each pause is taken away; the tenth try is the last.
        for (var i = 2; i <= MailSender.MaxAttempts; i++)
        {
            await server.ScalarAsync<object>("update mail.outbox set due_at = now() where data ->> 'to' = $1", to);
            await Eventually.TrueAsync($"try {i}", Patience, async () => await AttemptsAsync(to) == i && (await WaitsAsync(to) || await OutcomeAsync(to) is not null));
        }

        Assert.Equal("failed", await OutcomeAsync(to));
        Assert.Equal([5, 20, 80, 320, 1280, 3600, 3600], Enumerable.Range(1, 7).Select(n => (int)MailSender.PauseAfter(n).TotalSeconds));
    }

    [Fact]
    public async Task What_no_server_would_take_is_not_offered_again()
    {
        var to = NewAddress();
        await CommitAsync([to], kind: "test.impossible");

        await Eventually.TrueAsync("an end", Patience, async () => await OutcomeAsync(to) is not null);

        Assert.Equal(("failed", 1), (await OutcomeAsync(to), await AttemptsAsync(to)));
    }

    [Fact]
    public async Task The_application_puts_mails_in_and_sees_none()
    {
        await CommitAsync([NewAddress()]);

        foreach (var statement in (string[])["select id from mail.outbox", "delete from mail.outbox", "update mail.outbox set kind = ''"])
        {
            await using var command = server.Database.App.CreateCommand(statement);
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Stop));
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private static string NewAddress() => $"ada-{Guid.CreateVersion7():n}@example.com";

    private async Task CommitAsync(string[] people, string kind = "test.note")
    {
        await using var work = await server.Database.Database.BeginAsync(Scope.None, Stop);
        foreach (var to in people)
            await PutAsync(work, to, kind);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    private Task PutAsync(Work work, string to, string kind = "test.note") =>
        server.Services.GetRequiredService<MailOutbox>().PutAsync(work, kind, new { to }, Stop);

    private Task<object?> InsertAsync(string to, int attempts, string claimedUntil, string handedOverAt) => server.ScalarAsync<object>($"""
        insert into mail.outbox (id, kind, data, created_at, due_at, attempts, claimed_until, handed_over_at)
        values (gen_random_uuid(), 'test.note', jsonb_build_object('to', $1), now(), now(), {attempts}, {claimedUntil}, {handedOverAt})
        """, to);

    private Task<string?> OutcomeAsync(string to) => server.ScalarAsync<string>("select outcome from mail.outbox where data ->> 'to' = $1", to);

    private Task<int> AttemptsAsync(string to) => server.ScalarAsync<int>("select attempts from mail.outbox where data ->> 'to' = $1", to);

    private async Task<bool> WaitsAsync(string to) =>
        await server.ScalarAsync<bool>("select claimed_until is null and settled_at is null and due_at > now() from mail.outbox where data ->> 'to' = $1", to);

    public sealed class NotesServer : TestServer
    {
        protected override void Configure(IServiceCollection services)
        {
            services.AddSingleton(new MailKind("test.note", (data, _) => Task.FromResult<MailText?>(new(data.GetProperty("to").GetString()!, "A note", ["Hello."]))));
            services.AddSingleton(new MailKind("test.broken", (_, _) => throw new InvalidOperationException("broken")));
            services.AddSingleton(new MailKind("test.impossible", (data, _) => Task.FromResult<MailText?>(new(data.GetProperty("to").GetString()!, "A\r\nB", ["Hello."]))));
        }
    }
}
