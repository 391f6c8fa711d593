using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Exports;

/// <summary>A workspace as a file: made by a job, whole, of one moment, and for those alone who may have it.</summary>
[Trait("spec", "WH-3")]
[Trait("spec", "JB-6")]
public sealed class ExportTests(ExportTests.Server server) : IClassFixture<ExportTests.Server>
{
    /// <summary>More than any of these archives, but for the one that is too large.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Server : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("Renexus:Exports:MaxBytes", MaxBytes.ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task It_holds_everything_that_everybody_in_the_workspace_sees_and_nothing_else()
    {
        var (owner, room) = await RoomAsync();
        var bob = await server.VerifiedAsync("bob");
        await TestServer.AddMember(owner, room.Workspace, bob, Roles.Viewer);
        await owner.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/invitations", new { email = $"guest-{room.Workspace:n}@example.com", role = Roles.Editor }, Stop)
            .ShouldBeAsync(HttpStatusCode.Created);
        await owner.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/webhooks", new { url = "https://example.com/secret-path", events = (string[])["thread.deleted"] }, Stop)
            .ShouldBeAsync(HttpStatusCode.Created);
        // More threads and messages than a page, and threads that end in the middle of one.
        Guid[] threads = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(i => TestServer.CreateThread(owner, room.Workspace, $"Plans {i}")))];
        await SeedAsync(room.Workspace, threads[0], owner.Id, 700);
        await SeedAsync(room.Workspace, threads[1], bob.Id, 1);
        await SeedAsync(room.Workspace, threads[2], owner.Id, 900);
        var said = (await owner.Client.PostAsJsonAsync($"/api/threads/{threads[1]}/messages", new { body = $"für {MentionSyntax.Of(bob.Id, "Bob")} 🎉" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created));
        await owner.Client.PostAsJsonAsync($"/api/messages/{said.Id}/reactions", new { emoji = "👍" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        // Not everybody's: a private thread, of which even whoever asks takes part; and what was deleted.
        var secret = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Secret", participants = new[] { bob.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await SeedAsync(room.Workspace, secret, owner.Id, 5);
        var gone = await TestServer.CreateThread(owner, room.Workspace, "Gone");
        await SeedAsync(room.Workspace, gone, owner.Id, 5);
        await owner.Client.DeleteAsync($"/api/threads/{gone}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var taken = (await owner.Client.PostAsJsonAsync($"/api/threads/{threads[1]}/messages", new { body = "taken back" }, Stop).ReadAsync<Message>(HttpStatusCode.Created)).Id;
        await owner.Client.DeleteAsync($"/api/messages/{taken}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        var export = await room.MakeAsync();
        using var archive = await room.DownloadAsync(export.Id, server.Anonymous);

        Assert.Equal([room.Workspace], ExportRoom.IdsIn(archive, "workspace.jsonl"));
        Assert.Equal(
            new[] { (owner.Id, "owner"), (bob.Id, "viewer") }.Order(),
            ExportRoom.LinesOf(archive, "members.jsonl").Select(line => (line.GetProperty("userId").GetGuid(), line.GetProperty("role").GetString()!)).Order());
        Assert.Single(ExportRoom.LinesOf(archive, "invitations.jsonl"));
        var webhook = Assert.Single(ExportRoom.LinesOf(archive, "webhooks.jsonl"));
        Assert.Equal("example.com", webhook.GetProperty("host").GetString());
        Assert.DoesNotContain("secret-path", webhook.ToString(), StringComparison.Ordinal);
        Assert.Equal(threads.Order(), ExportRoom.IdsIn(archive, "threads.jsonl").Order());

        var messages = ExportRoom.LinesOf(archive, "messages.jsonl");
        var wanted = await server.ScalarAsync<Guid[]>("""
            select array_agg(m.id order by m.thread_id, m.version) from threads.message m where m.thread_id = any ($1) and m.deleted_at is null
            """, threads);
        Assert.Equal(1602, wanted!.Length);
        Assert.Equal(wanted, messages.Select(line => line.GetProperty("id").GetGuid()));
        var line = messages.Single(one => one.GetProperty("id").GetGuid() == said.Id);
        Assert.Equal(
            (said.Body, "ada", "👍", bob.Id),
            (line.GetProperty("body").GetString(), line.GetProperty("authorName").GetString(), line.GetProperty("reactions")[0].GetProperty("emoji").GetString(), line.GetProperty("mentions")[0].GetGuid()));
        Assert.Equal((1602, 3), (export.Counts!["messages"], export.Counts["threads"]));
    }

    [Fact]
    public async Task Whoever_asked_is_told_in_the_app_by_mail_and_at_the_jobs_end_and_the_trail_knows()
    {
        var (owner, room) = await RoomAsync();

        var export = await room.MakeAsync();
        await room.DownloadAsync(export.Id, server.Anonymous);

        var told = Assert.Single((await owner.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items, one => one.Kind == "workspace.export");
        Assert.Equal(("The archive of Newsroom is ready", $"/w/{room.Workspace}/export?archive={export.Id}"), (told.Title, told.Link));
        await server.MailToAsync(owner.Email, mail => mail.Contains("The archive of Newsroom is ready", StringComparison.Ordinal));
        var job = Assert.Single(await server.AnnouncedOnAsync(Channels.UserKind, owner.Id), a => a.What is "update job");
        Assert.Equal((export.JobId, "done"), (job.Data.GetProperty("id").GetGuid(), job.Data.GetProperty("state").GetString()));
        Assert.Equal(
            ["create export", "update export"],
            (await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace)).Select(a => a.What).Where(what => what.EndsWith(" export", StringComparison.Ordinal)));
        var trail = await owner.Client.GetAsync($"/api/workspaces/{room.Workspace}/audit?resource=export", Stop).ReadAsync<Page<AuditRecord>>();
        Assert.Equal(["export.downloaded", "export.made", "export.opened", "export.requested"], trail.Items.Select(entry => entry.Action).Order());
        Assert.All(trail.Items, entry => Assert.Equal(owner.Id, entry.Actor!.Id));
    }

    [Fact]
    public async Task It_shows_one_moment_whatever_is_written_while_it_is_made()
    {
        var (owner, room) = await RoomAsync();
        var thread = await TestServer.CreateThread(owner, room.Workspace);
        await SeedAsync(room.Workspace, thread, owner.Id, 1500);
        WorkspaceExport started;
        Message late;
        await using (await PieceGate.CloseAsync(server.Database))
        {
            started = await room.StartAsync();
            await HasPiecesAsync(started.Id);
            // Behind everything that is read yet: in the last thread's last place.
            late = await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "too late" }, Stop).ReadAsync<Message>(HttpStatusCode.Created);
            Assert.Equal("running", (await room.ListAsync()).Single().State);
        }

        await room.ReachAsync(started.Id, "ready");
        using var archive = await room.DownloadAsync(started.Id, server.Anonymous);

        var ids = ExportRoom.IdsIn(archive, "messages.jsonl").ToArray();
        Assert.Equal(1500, ids.Length);
        Assert.DoesNotContain(late.Id, ids);
    }

    [Fact]
    public async Task Of_those_who_ask_at_once_one_gets_it_and_five_are_kept()
    {
        var (_, room) = await RoomAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var answer = await room.PostAsync();
            return answer.StatusCode;
        }));
        // Whoever asks after one was ready has another made.
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.Conflict, $"{status}"));
        var made = answers.Count(status => status is HttpStatusCode.Accepted);
        Assert.InRange(made, 1, 5);
        await Eventually.TrueAsync("all are ready", Patience, async () => (await room.ListAsync()) is { Count: > 0 } list && list.All(one => one.State is "ready") && list.Count == made);
        for (; made < 5; made++)
            await room.MakeAsync();

        var problem = await room.PostAsync().ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Contains("5 archives", problem.Detail, StringComparison.Ordinal);
        await room.RemoveAsync((await room.ListAsync())[^1].Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.MakeAsync();
    }

    [Fact]
    public async Task While_one_is_made_another_one_is_refused_and_cancelling_ends_it_without_a_trace()
    {
        var (owner, room) = await RoomAsync();
        await SeedAsync(room.Workspace, await TestServer.CreateThread(owner, room.Workspace), owner.Id, 1500);
        WorkspaceExport started;
        await using (await PieceGate.CloseAsync(server.Database))
        {
            started = await room.StartAsync();
            await HasPiecesAsync(started.Id);
            await room.PostAsync().ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
            await room.OpenAsync(started.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
            await room.RemoveAsync(started.Id).ShouldBeAsync(HttpStatusCode.NoContent);
            Assert.Empty(await room.ListAsync());
        }

        await Eventually.TrueAsync("the job has ended", Patience, async () =>
            (await server.AnnouncedOnAsync(Channels.UserKind, owner.Id)).Any(a => a.What is "update job" && a.Data.GetProperty("state").GetString() is "cancelled"));
        // Another removal sweeps what the last breath of the job left behind.
        await room.RemoveAsync((await room.MakeAsync()).Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await IsGoneAsync(started.Id);
        Assert.DoesNotContain((await owner.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items, one => one.Link.Contains($"{started.Id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_too_large_says_so_and_the_next_may_be_made()
    {
        var (owner, room) = await RoomAsync();
        var thread = await TestServer.CreateThread(owner, room.Workspace);
        await SeedAsync(room.Workspace, thread, owner.Id, 6000);

        var failed = await room.ReachAsync((await room.StartAsync()).Id, "failed");

        Assert.Contains("Renexus:Exports:MaxBytes", failed.Error, StringComparison.Ordinal);
        Assert.Single((await owner.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items, one => one.Title == "The archive of Newsroom could not be made");
        await room.OpenAsync(failed.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await server.ScalarAsync<object>("delete from threads.message where thread_id = $1", thread);
        await room.MakeAsync();
    }

    [Fact]
    public async Task A_download_goes_on_where_it_broke_off()
    {
        var (owner, room) = await RoomAsync();
        await SeedAsync(room.Workspace, await TestServer.CreateThread(owner, room.Workspace), owner.Id, 1500);
        var export = await room.MakeAsync();
        Assert.True(export.Bytes > 1024 * 1024, "It has one piece.");
        var link = await room.OpenAsync(export.Id).ReadAsync<ExportLink>();
        var whole = await server.Anonymous.GetByteArrayAsync(link.Url, Stop);
        Assert.Equal(export.Bytes, whole.Length);

        // Over the border of two pieces.
        const int from = (1024 * 1024) - 7;
        using var request = new HttpRequestMessage(HttpMethod.Get, link.Url) { Headers = { Range = new RangeHeaderValue(from, null) } };
        using var rest = await server.Anonymous.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(whole[from..], await rest.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task A_link_ends_with_its_time_with_the_right_of_whom_it_was_made_for_and_with_the_archive()
    {
        var (owner, room) = await RoomAsync();
        var bob = await server.VerifiedAsync("bob");
        await TestServer.AddMember(owner, room.Workspace, bob, Roles.Admin);
        var export = await room.MakeAsync();
        async Task<string> LinkAsync(TestUser user) => (await new ExportRoom(user.Client, room.Workspace).OpenAsync(export.Id).ReadAsync<ExportLink>()).Url;
        Task GoneAsync(string url) => server.Anonymous.GetAsync(url, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        var overdue = await LinkAsync(owner);
        await server.ScalarAsync<object>("update exports.link set expires_at = now() where export_id = $1", export.Id);
        await GoneAsync(overdue);
        await GoneAsync("/api/exports/nobody");

        var (own, bobs) = (await LinkAsync(owner), await LinkAsync(bob));
        await owner.Client.PatchAsJsonAsync($"/api/workspaces/{room.Workspace}/members/{bob.Id}", new { role = Roles.Editor }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await GoneAsync(bobs);
        await server.Anonymous.GetAsync(own, Stop).ShouldBeAsync(HttpStatusCode.OK);

        await room.RemoveAsync(export.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await GoneAsync(own);
        await IsGoneAsync(export.Id);
    }

    [Fact]
    public async Task After_its_time_it_is_gone()
    {
        var (_, room) = await RoomAsync();
        var (old, other) = (await room.MakeAsync(), await room.MakeAsync());
        await server.ScalarAsync<object>("update exports.export set expires_at = now() where id = $1", old.Id);

        Assert.Equal([other.Id], (await room.ListAsync()).Select(one => one.Id));
        await room.RemoveAsync(other.Id).ShouldBeAsync(HttpStatusCode.NoContent); // which has it swept at once

        await IsGoneAsync(old.Id);
    }

    private async Task<(TestUser Owner, ExportRoom Room)> RoomAsync()
    {
        var owner = await server.VerifiedAsync("ada");
        return (owner, new ExportRoom(owner.Client, await TestServer.CreateWorkspace(owner)));
    }

    /// <summary>Messages by hand, of text that hardly compresses: 1 500 make an archive of more than a piece.</summary>
    private async Task SeedAsync(Guid workspace, Guid thread, Guid author, int count) => await server.ScalarAsync<object>("""
        with moved as (
          insert into engine.channel (kind, id, workspace_id, version) values (3, $2, $1, $4)
          on conflict (kind, id) do update set version = engine.channel.version + $4 returning version
        )
        insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
        select gen_random_uuid(), $2, $1, version - $4 + i, $3, (select string_agg(gen_random_uuid()::text, '') from generate_series(1, 45) where i > 0), now()
        from moved, generate_series(1, $4) i
        """, workspace, thread, author, count);

    private Task HasPiecesAsync(Guid export) => Eventually.TrueAsync("a piece is written", Patience, async () =>
        await server.ScalarAsync<bool>("select exists (select from exports.piece where export_id = $1)", export));

    private Task IsGoneAsync(Guid export) => Eventually.TrueAsync("nothing is left of it", Patience, async () =>
        !await server.ScalarAsync<bool>("select exists (select from exports.export where id = $1) or exists (select from exports.piece where export_id = $1)", export));
}
