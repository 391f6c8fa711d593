using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>Endpoints themselves. Who may do what with them is the matrix' to test.</summary>
[Trait("spec", "WH-2")]
public sealed class WebhookTests(WebhookServer server) : IClassFixture<WebhookServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("spec", "SE-3")]
    public async Task A_new_one_shows_its_secret_once_and_keeps_it_encrypted()
    {
        var room = await server.RoomAsync();

        var made = await room.HookAsync("https://93.184.216.34/hook?a=b", "message.created", "thread.deleted", "message.created");

        Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(made.Secret["whsec_".Length..]).Length);
        Assert.Equal(["message.created", "thread.deleted"], made.Events);
        var seen = await room.Client.GetStringAsync($"/api/webhooks/{made.Id}", Stop) + await room.Client.GetStringAsync($"/api/workspaces/{room.Workspace}/webhooks", Stop);
        Assert.DoesNotContain("whsec_", seen, StringComparison.Ordinal);
        Assert.Contains("https://93.184.216.34/hook?a=b", seen, StringComparison.Ordinal);
        var kept = await server.ScalarAsync<byte[]>("select value from webhooks.secret where endpoint_id = $1", made.Id);
        Assert.Equal(-1, kept.AsSpan().IndexOf(Convert.FromBase64String(made.Secret["whsec_".Length..])));
    }

    [Fact]
    public async Task The_workspace_hears_that_there_is_one_and_not_where_it_leads()
    {
        var room = await server.RoomAsync();
        var made = await room.HookAsync("https://93.184.216.34/secret-path", "message.created");
        await room.Client.PatchAsJsonAsync($"/api/webhooks/{made.Id}", new { description = "For the log" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await room.Client.DeleteAsync($"/api/webhooks/{made.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        var announced = (await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace)).Where(a => a.What.EndsWith("webhook", StringComparison.Ordinal)).ToList();

        Assert.Equal(["create webhook", "update webhook", "delete webhook"], announced.Select(a => a.What));
        Assert.All(announced, a => Assert.DoesNotContain("secret-path", a.Data.GetRawText(), StringComparison.Ordinal));
        await room.Client.GetAsync($"/api/webhooks/{made.Id}", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.DoesNotContain("secret-path", await room.Client.GetStringAsync($"/api/workspaces/{room.Workspace}/audit", Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.com/", "url")]
    [InlineData("https://ada:secret@example.com/", "url")]
    [InlineData("not an address", "url")]
    [InlineData("https://169.254.169.254/latest", "url")]
    [InlineData("https://example.com/", "events", "message.exploded")]
    [InlineData("https://example.com/", "events")]
    public async Task What_cannot_be_used_is_refused_by_its_field(string url, string field, params string[] events)
    {
        var room = await server.RoomAsync();
        string[] asked = field == "url" ? ["message.created"] : events;

        var problem = await room.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/webhooks", new { url, events = asked }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Equal([field], problem.Errors!.Keys);
    }

    [Fact]
    public async Task What_can_be_asked_for_is_listed_and_all_of_it_can_be_asked_for()
    {
        var room = await server.RoomAsync();

        var types = await room.Client.GetAsync($"/api/workspaces/{room.Workspace}/webhooks/events", Stop).ReadAsync<WebhookEventTypes>();

        Assert.Superset(new HashSet<string>(["message.created", "message.updated", "message.deleted", "thread.created", "member.created", "workspace.updated"]), types.Items.ToHashSet());
        Assert.Equal(types.Items, (await room.HookAsync("https://93.184.216.34/all", [.. types.Items])).Events);
    }

    [Fact]
    public async Task Fifty_are_enough_for_one_workspace()
    {
        var room = await server.RoomAsync();
        await server.ScalarAsync<object>("""
            insert into webhooks.endpoint (id, workspace_id, url, description, events, is_ordered, is_enabled, since, created_at, updated_at)
            select gen_random_uuid(), $1, 'https://example.com/', '', '{*}', false, false, '1:1:', now(), now() from generate_series(1, 50)
            """, room.Workspace);

        await room.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/webhooks", new { url = "https://example.com/", events = (string[])["*"] }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task Of_two_who_change_one_at_the_same_version_one_is_told_to_look_again()
    {
        var room = await server.RoomAsync();
        var made = await room.HookAsync("https://93.184.216.34/hook", "message.created");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/webhooks/{made.Id}") { Content = JsonContent.Create(new { description = $"{i}" }) };
            request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
            using var answer = await room.Client.SendAsync(request, Stop);
            return answer.StatusCode;
        }));

        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(status => status is HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, (await room.GetAsync(made.Id)).Version);
    }

    [Fact]
    public async Task Whoever_holds_the_settings_is_told_when_deliveries_begin_to_fail_and_may_still_change_them()
    {
        var room = await server.RoomAsync();
        var made = await room.HookAsync("https://93.184.216.34/hook", "message.created");
        using var first = await room.Client.GetAsync($"/api/webhooks/{made.Id}", Stop);
        var tag = first.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, await HeldAsync());

        await server.ScalarAsync<object>("""
            insert into webhooks.health (endpoint_id, workspace_id, failures, failing_since, failed_at) values ($1, $2, 1, now(), now())
            on conflict (endpoint_id) do update set failing_since = now()
            """, made.Id, room.Workspace);

        Assert.Equal(HttpStatusCode.OK, await HeldAsync());
        using var change = new HttpRequestMessage(HttpMethod.Patch, $"/api/webhooks/{made.Id}") { Content = JsonContent.Create(new { description = "ours" }) };
        change.Headers.TryAddWithoutValidation("If-Match", tag);
        await room.Client.SendAsync(change, Stop).ShouldBeAsync(HttpStatusCode.OK);

        async Task<HttpStatusCode> HeldAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/webhooks/{made.Id}");
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            using var answer = await room.Client.SendAsync(request, Stop);
            return answer.StatusCode;
        }
    }
}
