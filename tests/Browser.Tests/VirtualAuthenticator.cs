using System.Text.Json;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Chromium's own authenticator, driven by its debugging protocol, and the page's side of WebAuthn.</summary>
public sealed class VirtualAuthenticator
{
    private const string Ask = """
        async ({ method, path, body, token }) => {
          const answer = await fetch(path, {
            method,
            headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
            body: JSON.stringify(body),
          })
          const text = await answer.text()
          return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
        }
        """;

    private const string CreateCredential = """
        async (options) => (await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })).toJSON()
        """;

    private const string GetCredential = """
        async (options) => (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON()
        """;

    private readonly ICDPSession session;
    private readonly string id;

    private VirtualAuthenticator(IPage page, ICDPSession session, string id) => (Page, this.session, this.id) = (page, session, id);

    public IPage Page { get; }

    public static async Task<VirtualAuthenticator> AttachAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        var added = await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new
            {
                protocol = "ctap2",
                transport = "internal",
                hasResidentKey = true,
                hasUserVerification = true,
                isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        return new VirtualAuthenticator(page, browser, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whether it makes sure who holds it.</summary>
    public Task VerifyUserAsync(bool verified) =>
        session.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = id, ["isUserVerified"] = verified });

    /// <summary>Takes the finger off it: whoever asks waits from now on.</summary>
    public Task LiftFingerAsync() => SetPresenceAsync(isPresent: false);

    public Task PutFingerDownAsync() => SetPresenceAsync(isPresent: true);

    /// <summary>Puts its one passkey back in time, as a copy of it would be.</summary>
    public async Task SetCounterAsync(int count)
    {
        var all = await session.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id });
        var only = all!.Value.GetProperty("credentials").EnumerateArray().Single();
        var copy = only.EnumerateObject().ToDictionary(member => member.Name, member => (object)member.Value, StringComparer.Ordinal);
        copy["signCount"] = count;
        await session.SendAsync("WebAuthn.removeCredential", new() { ["authenticatorId"] = id, ["credentialId"] = only.GetProperty("credentialId").GetString()! });
        await session.SendAsync("WebAuthn.addCredential", new() { ["authenticatorId"] = id, ["credential"] = copy });
    }

    /// <summary>A request of the page.</summary>
    public async Task<(int Status, JsonElement Body)> AskAsync(string path, object body, string? token = null, string method = "POST")
    {
        var answer = (await Page.EvaluateAsync<JsonElement?>(Ask, new { method, path, body, token }))!.Value;
        return (answer.GetProperty("status").GetInt32(), answer.GetProperty("body"));
    }

    public async Task<JsonElement> CreateAsync(JsonElement options) => (await Page.EvaluateAsync<JsonElement?>(CreateCredential, Plain(options)))!.Value;

    public async Task<JsonElement> GetAsync(JsonElement options) => (await Page.EvaluateAsync<JsonElement?>(GetCredential, Plain(options)))!.Value;

    private async Task SetPresenceAsync(bool isPresent) =>
        await session.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = id, ["enabled"] = isPresent });

    // Playwright passes dictionaries, lists and values, not JSON.
    public static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value), StringComparer.Ordinal),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
