using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Keys;

/// <summary>What people and programs do with API keys, as requests.</summary>
internal static class KeysHttp
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> CreateKeyAsync(this TestUser user, DateTimeOffset expiresAt, params string[] scopes) =>
        user.Client.PostAsJsonAsync("/api/me/keys", new { name = "Robot", scopes, expiresAt }, Stop);

    public static async Task<NewApiKey> WithKeyAsync(this TestServer server, TestUser user, params string[] scopes) =>
        await user.CreateKeyAsync(Now(server) + TimeSpan.FromDays(30), scopes).ReadAsync<NewApiKey>(HttpStatusCode.Created);

    /// <summary>A program that holds the key.</summary>
    public static HttpClient Program(this TestServer server, string key)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static DateTimeOffset Now(TestServer server) => server is FrozenTestServer frozen ? frozen.Time.GetUtcNow() : TimeProvider.System.GetUtcNow();
}
