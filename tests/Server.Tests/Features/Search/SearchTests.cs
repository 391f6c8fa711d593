using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Search;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Search;

/// <summary>Finding messages by their words (TH-5).</summary>
[Trait("spec", "TH-5")]
public sealed partial class SearchTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("launch", "The Launch is on Friday")]
    [InlineData("laun", "The Launch is on Friday")]
    [InlineData("LAUNCH friday", "The Launch is on Friday")]
    [InlineData("\"is on friday\"", "The Launch is on Friday")]
    [InlineData("ärger", "ÄRGER über Größe")]
    [InlineData("größe", "ÄRGER über Größe")]
    [InlineData("проект", "Проекты и планы")]
    [InlineData("東京", "明日は東京へ行く")]
    [InlineData("it's", "I think it's fine")]
    [InlineData("launch -monday", "The Launch is on Friday")]
    public async Task Words_beginnings_and_phrases_are_found_in_any_language(string q, string body)
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, body);
        await SayAsync(room, "Something else entirely");

        var hit = (await SearchAsync(room.Bob, room.Workspace, q)).Items.Single();

        Assert.Equal((message.Id, room.Thread, "message", message.Version), (hit.Id, hit.ThreadId, hit.Type, hit.Version));
        Assert.NotEmpty(hit.Highlights);
        Assert.All(hit.Highlights, one => Assert.InRange(one.Start + one.Length, 1, hit.Excerpt.Length));
    }

    [Fact]
    public async Task What_is_said_changed_and_taken_back_is_followed_by_itself()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "The Launch is on Friday");
        await FoundAsync("launch", 1);
        await room.Ada.Client.PatchAsJsonAsync($"/api/messages/{message.Id}", new { body = "The opening is on Friday" }).ShouldBeAsync(HttpStatusCode.OK);
        await FoundAsync("opening", 1);
        await FoundAsync("launch", 0);
        await room.Ada.Client.DeleteAsync($"/api/messages/{message.Id}").ShouldBeAsync(HttpStatusCode.NoContent);
        await FoundAsync("opening", 0);

        Task FoundAsync(string q, int count) => Eventually.TrueAsync(
            $"{count} for {q}", TimeSpan.FromSeconds(20), async () => (await FindAsync(room.Bob, room.Workspace, q)).Items.Count == count);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("\"friday on\"")]
    [InlineData("launch -friday")]
    [InlineData("fri & mon | :* ' \\")]
    [InlineData("aunch")]
    public async Task What_does_not_match_is_not_found(string q)
    {
        var room = await Room.MakeAsync(server);
        await SayAsync(room, "The Launch is on Friday");

        Assert.Empty((await SearchAsync(room.Bob, room.Workspace, q)).Items);
    }

    [Fact]
    public async Task Highlights_are_where_the_words_are()
    {
        var room = await Room.MakeAsync(server);
        await SayAsync(room, new string('x', 400) + $" 🎉 {MentionSyntax.Of(room.Bob.Id, "Bob")}, we plan\nthe <b>planning</b> of plans " + new string('y', 400));

        var hit = (await SearchAsync(room.Ada, room.Workspace, "plan")).Items.Single();

        Assert.Equal(["plan", "planning", "plans"], hit.Highlights.Select(one => hit.Excerpt.Substring(one.Start, one.Length)));
        Assert.Contains("@Bob, we plan the <b>planning</b>", hit.Excerpt, StringComparison.Ordinal);
        Assert.StartsWith("…", hit.Excerpt, StringComparison.Ordinal);
        Assert.InRange(hit.Excerpt.Length, 100, 250);
    }

    [Fact]
    public async Task Who_may_not_see_a_thread_finds_nothing_of_it_and_a_stranger_no_workspace()
    {
        var room = await Room.MakeAsync(server);
        var secret = (await room.Ada.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Ours", participants = new[] { room.Ada.Id } })
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await room.Ada.Client.PostAsJsonAsync($"/api/threads/{secret}/messages", new { body = "the surprise" }).ShouldBeAsync(HttpStatusCode.Created);
        var other = await Room.MakeAsync(server);
        await SayAsync(other, "the surprise of others");

        Assert.Single((await SearchAsync(room.Ada, room.Workspace, "surprise")).Items);
        Assert.Empty((await SearchAsync(room.Bob, room.Workspace, "surprise")).Items);
        await room.Stranger.Client.GetAsync($"/api/search?workspaceId={room.Workspace}&q=surprise").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Anonymous.GetAsync($"/api/search?workspaceId={room.Workspace}&q=surprise").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task An_edit_is_found_by_its_new_words_alone_and_what_is_deleted_not_at_all()
    {
        var room = await Room.MakeAsync(server);
        var message = await SayAsync(room, "before");

        await room.Ada.Client.PatchAsJsonAsync($"/api/messages/{message.Id}", new { body = "afterwards" }).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty((await SearchAsync(room.Ada, room.Workspace, "before")).Items);
        Assert.Single((await SearchAsync(room.Ada, room.Workspace, "afterwards")).Items);
        await room.Ada.Client.DeleteAsync($"/api/messages/{message.Id}").ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Empty((await SearchAsync(room.Ada, room.Workspace, "afterwards")).Items);
    }

    [Fact]
    public async Task What_matches_better_comes_first()
    {
        var room = await Room.MakeAsync(server);
        var best = await SayAsync(room, "budget budget budget");
        await SayAsync(room, "a budget is one word among so very many other words that stand in this message and say something else");

        Assert.Equal(best.Id, (await SearchAsync(room.Ada, room.Workspace, "budget")).Items[0].Id);
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task Pages_hold_everything_once_whatever_is_written_meanwhile()
    {
        var room = await Room.MakeAsync(server);
        // More than one window of results.
        await server.ScalarAsync<object>("""
            insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
            select gen_random_uuid(), $1, $2, i, $3, repeat('needle ', 1 + i % 5) || i, now() - i * interval '1 minute' from generate_series(1, 450) i
            """, room.Thread, room.Workspace, room.Ada.Id);
        await StandsAtAsync(room, 450);
        var seen = new List<Guid>();
        string? next = null;
        do
        {
            var page = await SearchAsync(room.Bob, room.Workspace, "needle", $"&limit=60{(next is null ? "" : $"&cursor={next}")}");
            seen.AddRange(page.Items.Select(hit => hit.Id));
            next = page.Next;
            await server.ScalarAsync<object>("""
                insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
                values (gen_random_uuid(), $1, $2, 1000 + $4, $3, 'needle new', now())
                """, room.Thread, room.Workspace, room.Ada.Id, seen.Count);
            await StandsAtAsync(room, 1000 + seen.Count);
        }
        while (next is not null);

        Assert.Equal(450, seen.Count);
        Assert.Equal(450, seen.Distinct().Count());
    }

    [Fact]
    public async Task The_index_follows_by_itself_and_a_little_at_a_time_whatever_waits()
    {
        var room = await Room.MakeAsync(server);
        for (var i = 0; i < 30; i++)
            await SayAsync(room, $"patience {i}");

        await Eventually.TrueAsync("everything is found", TimeSpan.FromSeconds(60), async () =>
        {
            var page = await room.Bob.Client.GetAsync($"/api/search?workspaceId={room.Workspace}&q=patience").ReadAsync<Page<SearchHit>>();
            return page.Items.Count == 30;
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("q=")]
    [InlineData("q=%20")]
    [InlineData("q=...")]
    [InlineData("q=-word")]
    [InlineData("q=a&limit=0")]
    [InlineData("q=a&limit=201")]
    [InlineData("q=word&cursor=x")]
    public async Task A_bad_search_is_refused(string query)
    {
        var room = await Room.MakeAsync(server);

        await room.Ada.Client.GetAsync($"/api/search?workspaceId={room.Workspace}&{query}").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await room.Ada.Client.GetAsync($"/api/search?{query}").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Theory]
    [InlineData("plan \"two words\" -not", "'plan':* & 'two words' & !'not'")]
    [InlineData("a bc def", "'a' & 'bc' & 'def':*")]
    [InlineData("e-mail", "'e mail'")]
    [InlineData("東京都", "'東 京 都'")]
    [InlineData("\"open", "'open'")]
    public void The_words_reach_the_database_as_terms(string q, string query) => Assert.Equal(query, SearchTerms.Read(q)!.Query);

    private static Task<Message> SayAsync(Room room, string body) =>
        room.Ada.Client.PostAsJsonAsync($"/api/threads/{room.Thread}/messages", new { body }).ReadAsync<Message>(HttpStatusCode.Created);

    /// <summary>Once the index has followed what was said; while another run does it, until that one is done.</summary>
    private async Task<Page<SearchHit>> SearchAsync(TestUser user, Guid workspace, string q, string more = "")
    {
        await IndexedAsync(workspace);
        return await FindAsync(user, workspace, q, more);
    }

    private static Task<Page<SearchHit>> FindAsync(TestUser user, Guid workspace, string q, string more = "") =>
        user.Client.GetAsync($"/api/search?workspaceId={workspace}&q={Uri.EscapeDataString(q)}{more}").ReadAsync<Page<SearchHit>>();

    /// <summary>As if so much had been said.</summary>
    private Task<object?> StandsAtAsync(Room room, long version) => server.ScalarAsync<object>("""
        insert into engine.channel (kind, id, version, workspace_id) values (3, $1, $2, $3) on conflict (kind, id) do update set version = excluded.version
        """, room.Thread, version, room.Workspace);

    private Task IndexedAsync(Guid workspace) => Eventually.TrueAsync("the index has followed", TimeSpan.FromSeconds(60), async () =>
    {
        var index = server.Services.GetRequiredService<SearchIndex>();
        await index.FollowAsync(await index.BehindAsync(10_000, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return await server.ScalarAsync<long>("""
            select count(*) from engine.channel c left join search.followed f on f.thread_id = c.id
            where c.kind = 3 and c.workspace_id = $1 and c.version > coalesce(f.version, 0)
            """, workspace) == 0;
    });
}
