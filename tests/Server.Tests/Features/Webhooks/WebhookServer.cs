using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Webhooks;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>A server that may call receivers on this machine, and is not patient with them.</summary>
public sealed class WebhookServer : TestServer
{
    /// <summary>How long it waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        base.Settings.Append(new("Renexus:Webhooks:AllowPrivateAddresses", "true")).Append(new("Renexus:Outbound:Timeout", Patience.ToString()));

    internal async Task<WebhookRoom> RoomAsync()
    {
        var owner = await this.VerifiedAsync("ada");
        var workspace = await CreateWorkspace(owner);
        var thread = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "Plans" }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        return new WebhookRoom(this, owner, workspace, thread);
    }
}

/// <summary>A workspace with a thread, and what a test does there.</summary>
internal sealed record WebhookRoom(WebhookServer Server, TestUser Owner, Guid Workspace, Guid Thread)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public HttpClient Client => Owner.Client;

    public Task<NewWebhook> HookAsync(string url, params string[] events) => HookAsync(url, isOrdered: false, events);

    public Task<NewWebhook> HookAsync(string url, bool isOrdered, params string[] events) =>
        Client.PostAsJsonAsync($"/api/workspaces/{Workspace}/webhooks", new { url, events, isOrdered }, Stop).ReadAsync<NewWebhook>(HttpStatusCode.Created);

    public async Task<Guid> SayAsync(string body, Guid? thread = null) =>
        (await Client.PostAsJsonAsync($"/api/threads/{thread ?? Thread}/messages", new { body }, Stop).ReadAsync<Message>(HttpStatusCode.Created)).Id;

    public Task<Webhook> GetAsync(Guid webhook) => Client.GetAsync($"/api/webhooks/{webhook}", Stop).ReadAsync<Webhook>();

    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(Guid webhook, string query = "") =>
        (await Client.GetAsync($"/api/webhooks/{webhook}/deliveries{query}", Stop).ReadAsync<Page<WebhookDelivery>>()).Items;

    public Task<WebhookDeliveryDetails> DetailsAsync(Guid webhook, Guid delivery) =>
        Client.GetAsync($"/api/webhooks/{webhook}/deliveries/{delivery}", Stop).ReadAsync<WebhookDeliveryDetails>();

    /// <summary>The one delivery of an endpoint, once it is as the test waits for.</summary>
    public async Task<WebhookDelivery> DeliveryAsync(Guid webhook, Func<WebhookDelivery, bool> isReady)
    {
        WebhookDelivery? found = null;
        await Eventually.TrueAsync("the delivery is as it should be", TimeSpan.FromSeconds(30), async () =>
            await DeliveriesAsync(webhook) is [var delivery, ..] && isReady(found = delivery));
        return found!;
    }

    /// <summary>As if the time until the next try were over, and whatever pause there is.</summary>
    public async Task HurryAsync(Guid webhook)
    {
        await Server.ScalarAsync<object>("update webhooks.delivery set due_at = now() where endpoint_id = $1 and state = 0", webhook);
        await Server.ScalarAsync<object>("update webhooks.health set paused_until = null where endpoint_id = $1", webhook);
        await using var work = await Server.Services.GetRequiredService<Database>().BeginAsync(Scope.In(Workspace), Stop);
        await Server.Services.GetRequiredService<EndpointLanes>().PutAsync(work, webhook, Workspace, Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }
}
