using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>Admins find what happened in their workspace; nobody else learns of it.</summary>
[Trait("spec", "SE-4")]
public sealed class SearchAuditTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly DateTimeOffset Past = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_says_who_did_what_when_and_from_where()
    {
        var room = await AuditRoom.MakeAsync(server);
        var thread = Guid.CreateVersion7();
        await room.WriteAsync("thread.updated", room.Editor, thread, Past, """{"title":"old"}""", """{"title":"new"}""");

        var entry = Assert.Single((await FindAsync(room.Admin, $"{room.Path}?action=thread.updated")).Items);

        Assert.Equal((Past, new AuditActor(room.Editor.Id, "editor"), "thread.updated", "thread", thread), (entry.At, entry.Actor, entry.Action, entry.Resource, entry.ResourceId));
        Assert.Equal(("old", "new"), (entry.Before!.Value.GetProperty("title").GetString(), entry.After!.Value.GetProperty("title").GetString()));
        Assert.Equal(("192.0.2.7", "Firefox on Linux", "trace-7", room.Workspace), (entry.Address, entry.Device, entry.CorrelationId, entry.WorkspaceId));
    }

    [Fact]
    public async Task Each_filter_and_any_of_them_together_restrict()
    {
        var room = await AuditRoom.MakeAsync(server);
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await room.WriteAsync("thread.created", room.Editor, one, Past);
        await room.WriteAsync("thread.updated", room.Editor, one, Past.AddMinutes(1));
        await room.WriteAsync("thread.updated", room.Admin, other, Past.AddMinutes(2));
        await room.WriteAsync("message.deleted", room.Admin, other, Past.AddMinutes(3));

        Assert.Equal("3 2 1 0", await MinutesAsync($"to={Time(Past.AddDays(1))}"));
        Assert.Equal("1 0", await MinutesAsync($"actor={room.Editor.Id}"));
        Assert.Equal("2 1", await MinutesAsync("action=thread.updated"));
        Assert.Equal("2 1 0", await MinutesAsync("resource=thread"));
        Assert.Equal("3 2", await MinutesAsync($"resourceId={other}"));
        Assert.Equal("2", await MinutesAsync($"resourceId={other}&action=thread.updated&actor={room.Admin.Id}&resource=thread"));
        Assert.Equal("2 1", await MinutesAsync($"from={Time(Past.AddMinutes(1))}&to={Time(Past.AddMinutes(3))}"));
        Assert.Equal("", await MinutesAsync($"actor={room.Viewer.Id}"));
        Assert.Equal("", await MinutesAsync($"from={Time(Past.AddDays(1))}&to={Time(Past)}"));

        async Task<string> MinutesAsync(string filter) => string.Join(' ',
            (await FindAsync(room.Owner, $"{room.Path}?{filter}")).Items.Where(e => e.At < Past.AddDays(1)).Select(e => (int)(e.At - Past).TotalMinutes));
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_leave_out()
    {
        var room = await AuditRoom.MakeAsync(server);
        await room.FillAsync(23);

        var seen = new List<DateTimeOffset>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await FindAsync(room.Owner, $"{room.Path}?resource=filler&limit=5&cursor={cursor}");
            Assert.InRange(page.Items.Count, 1, 5);
            seen.AddRange(page.Items.Select(entry => entry.At));
            cursor = page.Next;
        }

        Assert.Equal(23, seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
    }

    [Fact]
    public async Task Owners_and_admins_read_it_and_nobody_else()
    {
        var room = await AuditRoom.MakeAsync(server);

        await room.Owner.Client.GetAsync(room.Path, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await room.Admin.Client.GetAsync(room.Path, Stop).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var path in new[] { room.Path, room.Path + "/export" })
        {
            await room.Editor.Client.GetAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
            await room.Viewer.Client.GetAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "forbidden");
            await room.Stranger.Client.GetAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
            await server.Anonymous.GetAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        }

        await room.Owner.Client.GetAsync($"/api/workspaces/{Guid.CreateVersion7()}/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("cursor=garbage")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("actor=somebody")]
    [InlineData("from=yesterday")]
    [InlineData("resourceId=1")]
    public async Task Bad_input_is_refused(string query)
    {
        var room = await AuditRoom.MakeAsync(server);

        await room.Owner.Client.GetAsync($"{room.Path}?{query}", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");
    }

    [Fact]
    public async Task Reading_is_recorded_with_what_was_asked()
    {
        var room = await AuditRoom.MakeAsync(server);

        await FindAsync(room.Admin, $"{room.Path}?action=member.added&limit=7");

        var reading = (await FindAsync(room.Owner, $"{room.Path}?action=audit.read")).Items[0];
        Assert.Equal(room.Admin.Id, reading.Actor!.Id);
        Assert.Equal("member.added", reading.After!.Value.GetProperty("action").GetString());
        Assert.Equal("127.0.0.1", reading.Address);
        Assert.NotNull(reading.CorrelationId);
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task Another_workspaces_entries_are_never_there()
    {
        var (mine, theirs) = (await AuditRoom.MakeAsync(server), await AuditRoom.MakeAsync(server));
        await mine.WriteAsync("thread.updated", mine.Owner, Guid.CreateVersion7(), Past);
        await theirs.WriteAsync("thread.created", mine.Owner, Guid.CreateVersion7(), Past);
        await TestServer.AddMember(theirs.Owner, theirs.Workspace, mine.Owner, Roles.Viewer);

        var seen = await FindAsync(mine.Owner, $"{mine.Path}?limit=200");

        Assert.Equal([mine.Workspace], seen.Items.Select(entry => entry.WorkspaceId!.Value).Distinct());
        Assert.Empty((await FindAsync(mine.Owner, $"{mine.Path}?actor={mine.Owner.Id}&action=thread.created")).Items);
    }

    [Fact]
    public async Task Entries_get_their_place_in_the_chain_by_themselves()
    {
        var room = await AuditRoom.MakeAsync(server);
        await FindAsync(room.Owner, room.Path);

        await Eventually.TrueAsync("the reading is sealed", TimeSpan.FromSeconds(60), async () =>
            (await FindAsync(room.Owner, $"{room.Path}?action=audit.read")).Items[^1].Sequence is not null);
    }

    [Fact]
    public async Task A_person_sees_own_security_events_alone()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        foreach (var person in new[] { ada, bob })
        {
            await server.Database.Database.RecordAsync(
                new("session.refused", "session", null) { Person = person.Id, After = $$"""{"who":"{{person.Name}}"}""" }, Past, Stop);
        }

        var seen = await FindAsync(ada, "/api/me/audit?action=session.refused");

        Assert.Equal("ada", Assert.Single(seen.Items).After!.Value.GetProperty("who").GetString());
        await server.Anonymous.GetAsync("/api/me/audit", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        await ada.Client.GetAsync("/api/me/audit?cursor=x", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");
    }

    private static Task<Page<AuditRecord>> FindAsync(TestUser reader, string path) => reader.Client.GetAsync(path, Stop).ReadAsync<Page<AuditRecord>>();

    private static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));
}
