using System.Net;
using System.Text;
using System.Text.Json;
using Renexus.Server.Tests.Peers;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>A server that Clerk tells what happens there.</summary>
public sealed class ClerkServer : TestServer
{
    public const string Issuer = "https://clerk.example.com";
    public const string Secret = "whsec_plJ3nmyCDGBKInavdOK15jsl";

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [.. base.Settings, new("Renexus:Clerk:Issuer", Issuer), new("Renexus:Clerk:WebhookSecret", "whsec_b2xkIHNlY3JldCBvZiBvdXJz " + Secret)];
}

/// <summary>Sends what Clerk would send, signed by the library that Clerk sends by (npm svix).</summary>
internal sealed class ClerkSender(NodePeer svix, HttpClient client) : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public static async Task<ClerkSender> StartAsync(HttpClient client) => new(await NodePeer.StartAsync("webhooks.mjs"), client);

    public async Task<SignedEvent> SignAsync(string body, DateTimeOffset? at = null, string secret = ClerkServer.Secret)
    {
        var id = $"msg_{Guid.CreateVersion7():n}";
        var headers = await svix.AskAsync("sign", new { secret, id, at = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds(), body });
        return new SignedEvent(id, headers.GetProperty("svix-timestamp").GetString()!, headers.GetProperty("svix-signature").GetString()!, body);
    }

    public Task<HttpStatusCode> SendAsync(SignedEvent sent) => SendAsync(client, sent);

    public static async Task<HttpStatusCode> SendAsync(HttpClient client, SignedEvent sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/clerk") { Content = new StringContent(sent.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("svix-id", sent.Id);
        request.Headers.Add("svix-timestamp", sent.Timestamp);
        request.Headers.Add("svix-signature", sent.Signature);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Tells the server each of these once the one before has been dealt with.</summary>
    public async Task TellAsync(TestServer server, params string[] bodies)
    {
        foreach (var body in bodies)
        {
            Assert.Equal(HttpStatusCode.NoContent, await SendAsync(await SignAsync(body)));
            await DealtWithAsync(server);
        }
    }

    public static Task DealtWithAsync(TestServer server) => Eventually.TrueAsync("all events are dealt with", Soon, async () =>
        await server.ScalarAsync<long>("select count(*) from accounts.clerk_event where body is not null") == 0);

    public ValueTask DisposeAsync() => svix.DisposeAsync();
}

/// <summary>An event as it is sent.</summary>
internal sealed record SignedEvent(string Id, string Timestamp, string Signature, string Body);

/// <summary>Events as Clerk writes them.</summary>
internal static class ClerkWords
{
    public static string NewId(string kind) => $"{kind}_{Guid.CreateVersion7():n}";

    public static string User(string type, string subject, string first, long updatedAt, string? email = null) => Event(type, updatedAt, new
    {
        id = subject,
        @object = "user",
        first_name = first,
        last_name = "Lovelace",
        primary_email_address_id = "idn_1",
        email_addresses = new[] { new { id = "idn_1", email_address = email ?? $"{subject}@example.com", verification = new { status = "verified" } } },
        updated_at = updatedAt,
    });

    public static string Deleted(string type, string id, long timestamp) => Event(type, timestamp, new { id, deleted = true });

    public static string Organization(string type, string id, string name, long updatedAt) => Event(type, updatedAt, OrganizationData(id, name, updatedAt));

    public static string Membership(string type, string id, (string Id, string Name, long UpdatedAt) organization, string subject, string role, long updatedAt) => Event(type, updatedAt, new
    {
        id,
        @object = "organization_membership",
        role,
        organization = OrganizationData(organization.Id, organization.Name, organization.UpdatedAt),
        public_user_data = new { user_id = subject, identifier = $"{subject}@example.com", first_name = "A" },
        updated_at = updatedAt,
    });

    public static string Session(string type, string id, string subject, long timestamp) => Event(type, timestamp, new { id, @object = "session", user_id = subject, status = "ended" });

    private static object OrganizationData(string id, string name, long updatedAt) => new { id, @object = "organization", name, slug = "o", updated_at = updatedAt };

    private static string Event(string type, long timestamp, object data) => JsonSerializer.Serialize(new { type, @object = "event", timestamp, data });
}
