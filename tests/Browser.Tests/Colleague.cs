using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>What somebody elsewhere does, of whom a test needs no browser.</summary>
internal static class Colleague
{
    public static Task<JsonElement> PostAsync(this TestUser user, string path, object body) => SendAsync(user, HttpMethod.Post, path, body);

    public static Task<JsonElement> PatchAsync(this TestUser user, string path, object body) => SendAsync(user, HttpMethod.Patch, path, body);

    public static async Task<JsonElement> GetAsync(this TestUser user, string path) =>
        await user.Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public static async Task DeleteAsync(this TestUser user, string path)
    {
        using var answer = await user.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<JsonElement> SendAsync(TestUser user, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await user.Client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
