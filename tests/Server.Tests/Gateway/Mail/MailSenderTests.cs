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
    [Trait("spec", "JB-2")]
    public async Task What_was_not_committed_is_told_to_nobody()
    {
        var to = NewAddress();
        await using (var work = await server.Database.Database.BeginAsync(Scope.None, Stop))
            await server.Services.GetRequiredService<MailOutbox>().PutAsync(work, "test.note", new { to }, Stop);

        await server.AllMailsAreSentAsync();

        Assert.Empty(server.MailsTo(to));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from jobs.done where payload like '%' || $1 || '%'", to));
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
    public async Task A_mail_whose_job_begins_again_after_the_server_took_it_is_not_sent_again()
    {
        var to = NewAddress();
        await server.PutMailAsync("test.note", to, runAt: TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1));
        await server.ScalarAsync<object>(
            "insert into mail.letter (id, written_at, sent_at) select id, now(), now() from jobs.later where payload like '%' || $1 || '%'", to);

        await server.HurryMailAsync(to);

        Assert.Equal("""{"outcome":"sent"}""", await server.ScalarAsync<string>("select result from jobs.done where payload like '%' || $1 || '%'", to));
        Assert.Empty(server.MailsTo(to));
    }

    [Fact]
    public async Task What_no_server_would_take_is_dead_at_once_and_says_why()
    {
        var to = NewAddress();
        await server.PutMailAsync("test.impossible", to);

        await Eventually.TrueAsync("an end", Patience, async () => await server.ScalarAsync<long>("select count(*) from jobs.dead where payload like '%' || $1 || '%'", to) == 1);

        Assert.Contains("must be one line", await server.ScalarAsync<string>("select error from jobs.dead where payload like '%' || $1 || '%'", to), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_sees_no_mail()
    {
        foreach (var statement in (string[])["select id from mail.letter", "delete from mail.letter", "update mail.letter set text = ''", "select id from jobs.done"])
        {
            await using var command = server.Database.App.CreateCommand(statement);
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Stop));
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private static string NewAddress() => $"ada-{Guid.CreateVersion7():n}@example.com";

    public sealed class NotesServer : TestServer
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton<TestMails>()
            .AddMailKind<TestMails>("test.note", mails => mails.NoteAsync)
            .AddMailKind<TestMails>("test.impossible", mails => mails.ImpossibleAsync);
    }
}
