using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Renexus.Contracts;
using Renexus.Server.Tests.Features.Audit;
using Renexus.Server.Tests.Peers;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>What endpoints are told, and what becomes of it.</summary>
[Trait("spec", "WH-2")]
public sealed class DeliveryTests(WebhookServer server) : IClassFixture<WebhookServer>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("spec", "WH-4")]
    public async Task What_happens_is_told_as_the_workspace_hears_it_and_another_library_takes_the_signature()
    {
        await using var library = await NodePeer.StartAsync("webhooks.mjs");
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        await room.SayAsync("before there was an endpoint");
        var hook = await room.HookAsync(receiver.Url, "message.created", "message.updated");

        var id = await room.SayAsync("hello wörld ✓");
        await room.Client.PatchAsJsonAsync($"/api/messages/{id}", new { body = "changed" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await room.Client.DeleteAsync($"/api/messages/{id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await Eventually.TrueAsync("both are told", Soon, () => receiver.All.Count >= 2);

        Assert.Equal(["message.created", "message.updated"], receiver.All.Select(r => r.Type));
        var told = receiver.All[0];
        Assert.Equal(("hello wörld ✓", id), (told.Data.GetProperty("body").GetString(), told.Data.GetProperty("id").GetGuid()));
        Assert.Equal(room.Workspace, told.Json.GetProperty("workspaceId").GetGuid());
        Assert.Equal(room.Owner.Id, told.Json.GetProperty("actorId").GetGuid());
        Assert.DoesNotContain('.', told.Id);
        object Signed(string secret, string body) => new { secret, body, headers = told.Headers };
        Assert.Equal("message.created", (await library.AskAsync("verify", Signed(hook.Secret, told.Body))).GetProperty("type").GetString());
        Assert.True((await library.TryAsync("verify", Signed(hook.Secret, told.Body.Replace("hello", "hullo", StringComparison.Ordinal)))).TryGetProperty("error", out _));
        Assert.True((await library.TryAsync("verify", Signed("whsec_" + Convert.ToBase64String(new byte[32]), told.Body))).TryGetProperty("error", out _));
        var delivery = await room.DeliveryAsync(hook.Id, d => d.State == "delivered");
        Assert.Equal(JsonSerializer.Serialize(receiver.All[1].Json), JsonSerializer.Serialize((await room.DetailsAsync(hook.Id, delivery.Id)).Body));
    }

    [Fact]
    public async Task After_a_change_of_the_secret_both_of_them_sign_for_a_day_and_then_the_new_one()
    {
        await using var library = await NodePeer.StartAsync("webhooks.mjs");
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var old = await room.HookAsync(receiver.Url, "message.created");

        var fresh = await room.Client.PostAsync($"/api/webhooks/{old.Id}/secret", null, Stop).ReadAsync<WebhookSecret>();
        await room.SayAsync("signed twice");
        await Eventually.TrueAsync("it is told", Soon, () => receiver.All.Count >= 1);
        await server.ScalarAsync<object>("update webhooks.secret set expires_at = now() where endpoint_id = $1 and expires_at is not null", old.Id);
        await room.SayAsync("signed once");
        await Eventually.TrueAsync("that too", Soon, () => receiver.All.Count >= 2);

        async Task<bool> TakesAsync(string secret, Received told) =>
            (await library.TryAsync("verify", new { secret, body = told.Body, headers = told.Headers })).TryGetProperty("value", out _);
        Assert.NotEqual(old.Secret, fresh.Secret);
        Assert.InRange(fresh.PreviousUntil - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(23), TimeSpan.FromHours(25));
        Assert.True(await TakesAsync(old.Secret, receiver.All[0]));
        Assert.True(await TakesAsync(fresh.Secret, receiver.All[0]));
        Assert.False(await TakesAsync(old.Secret, receiver.All[1]));
        Assert.True(await TakesAsync(fresh.Secret, receiver.All[1]));
    }

    [Fact]
    public async Task What_is_said_in_a_private_thread_is_told_to_nobody_outside()
    {
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var guest = await server.SignedInAs("bob");
        await TestServer.AddMember(room.Owner, room.Workspace, guest);
        await room.HookAsync(receiver.Url, "*");

        var hidden = (await room.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Secret plans", participants = new[] { guest.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await room.SayAsync("secret words", hidden);
        await room.SayAsync("open words");
        await Eventually.TrueAsync("what is open is told", Soon, () => receiver.Of("message.created").Any());

        Assert.DoesNotContain(receiver.All, told => told.Body.Contains("ecret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_too_large_to_be_sent_is_named_with_where_it_can_be_read()
    {
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        await room.HookAsync(receiver.Url, "message.created");

        var id = await room.SayAsync(new string('x', 30_000));
        await Eventually.TrueAsync("it is told", Soon, () => receiver.All.Count >= 1);

        var told = receiver.All[0];
        Assert.True(told.Body.Length < 20_000);
        Assert.Equal(id, told.Data.GetProperty("id").GetGuid());
        Assert.EndsWith($"/api/messages/{id}", told.Data.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_is_sent_again_within_ten_seconds_with_the_same_id_and_bytes_and_a_signature_of_its_own_time()
    {
        var answers = new Queue<int>([503, 200]);
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return context.Response.WriteAsync("answer\u0000 of mine", Stop);
        });
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");

        await room.SayAsync("again");
        var delivered = await room.DeliveryAsync(hook.Id, d => d.State == "delivered");

        var (first, second) = (receiver.All[0], receiver.All[1]);
        Assert.Equal((first.Id, first.Body), (second.Id, second.Body));
        Assert.NotEqual(first.Timestamp, second.Timestamp);
        Assert.NotEqual(first.Signature, second.Signature);
        var details = await room.DetailsAsync(hook.Id, delivered.Id);
        Assert.Equal([(2, 200), (1, 503)], details.Tries.Select(t => (t.Number, t.Status!.Value)));
        Assert.InRange(details.Tries[0].At - details.Tries[1].At, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
        Assert.Equal("answer\uFFFD of mine", details.Tries[0].Response);
        Assert.Null((await room.GetAsync(hook.Id)).FailingSince);
    }

    [Fact]
    public async Task After_its_last_try_a_delivery_is_given_up_and_sent_again_when_somebody_asks()
    {
        var status = 400;
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");
        await room.SayAsync("unwanted");
        await room.DeliveryAsync(hook.Id, d => d.Attempts == 1);

        for (var attempt = 2; attempt <= 8; attempt++)
        {
            await room.HurryAsync(hook.Id);
            await room.DeliveryAsync(hook.Id, d => d.Attempts == attempt);
        }
        var failed = await room.DeliveryAsync(hook.Id, d => d.State == "failed");
        Assert.Equal((8, 400), (failed.Attempts, failed.LastStatus));
        Assert.Null(failed.DueAt);

        status = 204;
        await room.Client.PostAsync($"/api/webhooks/{hook.Id}/deliveries/{failed.Id}/replay", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        await room.DeliveryAsync(hook.Id, d => d is { State: "delivered", Attempts: 9 });
        Assert.Single(receiver.All.Select(r => (r.Id, r.Body)).Distinct());
    }

    [Fact]
    public async Task A_time_is_sent_again_with_what_was_given_up_and_with_what_was_delivered_if_that_is_asked_for()
    {
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");
        for (var i = 0; i < 4; i++)
            await room.SayAsync($"message {i}");
        await Eventually.TrueAsync("all are told", Soon, async () => (await room.DeliveriesAsync(hook.Id, "?state=delivered")).Count == 4);
        await server.ScalarAsync<object>("update webhooks.delivery set state = 2 where id = (select id from webhooks.delivery where endpoint_id = $1 order by turn limit 1)", hook.Id);

        async Task<int> ReplayAsync(object range) =>
            (await room.Client.PostAsJsonAsync($"/api/webhooks/{hook.Id}/deliveries/replay", range, Stop).ReadAsync<ReplayedDeliveries>(HttpStatusCode.Accepted)).Count;
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, await ReplayAsync(new { since = now.AddHours(-2), until = now.AddHours(-1), includeDelivered = true }));
        Assert.Equal(1, await ReplayAsync(new { since = now.AddHours(-1) }));
        await Eventually.TrueAsync("it is told again", Soon, async () => (await room.DeliveriesAsync(hook.Id, "?state=delivered")).Count == 4 && receiver.All.Count == 5);
        Assert.Equal(4, await ReplayAsync(new { since = now.AddHours(-1), includeDelivered = true }));
        await Eventually.TrueAsync("all are told again", Soon, () => receiver.All.Count == 9);
        Assert.Equal(4, receiver.All.Select(r => r.Id).Distinct().Count());
        await room.Client.PostAsJsonAsync($"/api/webhooks/{hook.Id}/deliveries/replay", new { since = now, until = now.AddDays(-1) }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task A_test_event_reaches_its_endpoint_alone()
    {
        await using var asked = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(asked.Url, "workspace.deleted");
        await room.HookAsync(other.Url, "*");

        var delivery = await room.Client.PostAsync($"/api/webhooks/{hook.Id}/test", null, Stop).ReadAsync<WebhookDelivery>(HttpStatusCode.Accepted);
        await room.DeliveryAsync(hook.Id, d => d.State == "delivered" && d.Id == delivery.Id);

        Assert.Equal("webhook.test", Assert.Single(asked.All).Type);
        Assert.Empty(other.All);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_switched_off_at_once_and_its_admins_are_told()
    {
        await using var receiver = await Receiver.StartAsync(410);
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");

        await room.SayAsync("last words");
        await Eventually.TrueAsync("it is switched off", Soon, async () => !(await room.GetAsync(hook.Id)).IsEnabled);

        Assert.Equal("gone", (await room.GetAsync(hook.Id)).DisabledReason);
        Assert.Equal("failed", (await room.DeliveriesAsync(hook.Id))[0].State);
        await server.MailToAsync(room.Owner.Email, mail => mail.Contains("was switched off", StringComparison.Ordinal));
        Assert.Contains("webhook.disabled", await room.Client.GetStringAsync($"/api/workspaces/{room.Workspace}/audit", Stop), StringComparison.Ordinal);
        await room.Client.PostAsync($"/api/webhooks/{hook.Id}/test", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task One_that_nothing_has_reached_for_five_days_is_switched_off_and_one_that_failed_long_ago_is_not()
    {
        await using var receiver = await Receiver.StartAsync(500);
        var room = await server.RoomAsync();
        var (lasting, rare) = (await room.HookAsync(receiver.Url, "message.created"), await room.HookAsync(receiver.Url, "message.created"));
        await room.SayAsync("nobody listens");
        await room.DeliveryAsync(lasting.Id, d => d.Attempts == 1);
        await room.DeliveryAsync(rare.Id, d => d.Attempts == 1);

        await server.ScalarAsync<object>("update webhooks.health set failing_since = now() - interval '6 days' where endpoint_id = $1", lasting.Id);
        await server.ScalarAsync<object>("update webhooks.health set failing_since = now() - interval '6 days', failed_at = now() - interval '2 days' where endpoint_id = $1", rare.Id);
        await room.HurryAsync(lasting.Id);
        await room.HurryAsync(rare.Id);

        await Eventually.TrueAsync("it is switched off", Soon, async () => !(await room.GetAsync(lasting.Id)).IsEnabled);
        Assert.Equal("failing", (await room.GetAsync(lasting.Id)).DisabledReason);
        await room.DeliveryAsync(rare.Id, d => d.Attempts >= 2);
        Assert.True((await room.GetAsync(rare.Id)).IsEnabled);
    }

    [Fact]
    public async Task While_it_is_off_it_is_told_nothing_and_when_it_is_on_again_what_happens_from_then_on()
    {
        await using var receiver = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");
        await room.Client.PatchAsJsonAsync($"/api/webhooks/{hook.Id}", new { isEnabled = false }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await room.SayAsync("unheard");
        await room.Client.PatchAsJsonAsync($"/api/webhooks/{hook.Id}", new { isEnabled = true }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        await room.SayAsync("heard");
        await Eventually.TrueAsync("it is told", Soon, () => receiver.All.Count > 0);

        Assert.Equal("heard", Assert.Single(receiver.All).Data.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Where_order_counts_nothing_is_sent_past_what_has_failed()
    {
        var isFirst = true;
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = isFirst ? 400 : 200;
            isFirst = false;
            return Task.CompletedTask;
        });
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, isOrdered: true, "message.created");
        foreach (var word in (string[])["one", "two", "three", "four"])
            await room.SayAsync(word);

        await Eventually.TrueAsync("all are told", Soon, async () => (await room.DeliveriesAsync(hook.Id, "?state=delivered")).Count == 4);

        Assert.Equal(["one", "one", "two", "three", "four"], receiver.All.Select(r => r.Data.GetProperty("body").GetString()));
    }
}
