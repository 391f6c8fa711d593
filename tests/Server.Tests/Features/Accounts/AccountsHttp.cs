using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

/// <summary>What people do to be signed in, as requests.</summary>
internal static class AccountsHttp
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string NewEmail() => $"ada-{Guid.CreateVersion7():n}@example.com";

    public static Task<HttpResponseMessage> RegisterAsync(this HttpClient client, string email, string password = TestUser.Password, string name = "Ada") =>
        client.PostAsJsonAsync("/api/auth/register", new { email, password, name }, Stop);

    public static Task<HttpResponseMessage> LogInAsync(this HttpClient client, string email, string password = TestUser.Password) =>
        client.PostAsJsonAsync("/api/auth/login", new { email, password }, Stop);

    public static Task<HttpResponseMessage> RefreshAsync(this HttpClient client, string? refreshToken) =>
        client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken }, Stop);

    /// <summary>A request for the own account: whether an access token still opens anything.</summary>
    public static Task<HttpResponseMessage> MeAsync(this HttpClient client, string accessToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } };
        return client.SendAsync(request, Stop);
    }

    /// <summary>One more log-in of a person.</summary>
    public static Task<LoggedIn> AnotherLogInAsync(this TestServer server, TestUser user) => server.Anonymous.LogInAsync(user.Email).ReadAsync<LoggedIn>();
}
