using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>Passkeys with a real browser and its own authenticator, from a page of the server.</summary>
[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-01")]
public sealed class PasskeysTests(Chromium chromium, PasskeyServer server) : IClassFixture<PasskeyServer>
{
    [Fact]
    public async Task A_passkey_is_made_and_opens_the_account_without_a_password()
    {
        var (ada, device) = await WithPasskeyAsync();

        var (status, body) = await LogInAsync(device);

        Assert.Equal(200, status);
        Assert.Equal(ada.Id, body.GetProperty("user").GetProperty("id").GetGuid());
        var (proven, _) = await device.AskAsync("/api/auth/step-up", new { passkey = await ProofAsync(device, ada.AccessToken) }, ada.AccessToken);
        Assert.Equal(204, proven);
    }

    [Fact]
    public async Task An_answer_is_taken_once()
    {
        var (_, device) = await WithPasskeyAsync();
        var proof = await ProofAsync(device);

        Assert.Equal(200, (await device.AskAsync("/api/auth/passkey", proof)).Status);
        Assert.Equal(401, (await device.AskAsync("/api/auth/passkey", proof)).Status);
    }

    [Fact]
    public async Task A_page_of_another_origin_does_not_get_in()
    {
        var (_, device) = await WithPasskeyAsync();

        await device.Page.GotoAsync(new Uri(server.Elsewhere, "/health").ToString());
        var (status, _) = await LogInAsync(device);
        Assert.Equal(401, status);

        await device.Page.GotoAsync(new Uri(server.Address, "/health").ToString());
        Assert.Equal(200, (await LogInAsync(device)).Status);
    }

    [Fact]
    public async Task Without_verification_of_its_holder_it_opens_nothing()
    {
        var (_, device) = await WithPasskeyAsync();
        await device.VerifyUserAsync(false);

        // Asked as it should be, the browser itself refuses; a page that asks for less is refused by the server.
        await Assert.ThrowsAsync<PlaywrightException>(() => LogInAsync(device));
        var (status, _) = await LogInAsync(device, options =>
        {
            var weaker = JsonNode.Parse(options.GetRawText())!.AsObject();
            weaker["userVerification"] = "discouraged";
            return JsonElement.Parse(weaker.ToJsonString());
        });
        Assert.Equal(401, status);
    }

    [Fact]
    public async Task A_counter_that_goes_back_is_refused_and_mailed_to_the_owner()
    {
        var (ada, device) = await WithPasskeyAsync();
        Assert.Equal(200, (await LogInAsync(device)).Status);
        Assert.Equal(200, (await LogInAsync(device)).Status);

        await device.SetCounterAsync(1);
        Assert.Equal(401, (await LogInAsync(device)).Status);

        var folder = Path.Combine(server.DataDirectory, "mail");
        await Eventually.TrueAsync("the owner is told", TimeSpan.FromSeconds(60), () => Directory.Exists(folder) && Directory.GetFiles(folder, "*.eml")
            .Select(File.ReadAllText)
            .Any(mail => mail.Contains(ada.Email, StringComparison.Ordinal) && mail.Contains("may have been copied", StringComparison.Ordinal)));
        await device.SetCounterAsync(100);
        Assert.Equal(200, (await LogInAsync(device)).Status);
    }

    private async Task<(TestUser User, VirtualAuthenticator Device)> WithPasskeyAsync()
    {
        var page = await chromium.OpenAsync(server.Address, needsClient: false);
        // Any page of the origin will do: what the screens do with it is theirs to test.
        await page.GotoAsync("/health");
        var device = await VirtualAuthenticator.AttachAsync(page);
        var user = await server.SignedInAs("ada");

        var (_, challenge) = await device.AskAsync("/api/me/passkeys/challenge", new { }, user.AccessToken);
        var credential = await device.CreateAsync(challenge.GetProperty("options"));
        var (status, added) = await device.AskAsync(
            "/api/me/passkeys", Answer(challenge, credential, "Laptop"), user.AccessToken);
        Assert.True(status == 201, $"{status}: {added}");
        return (user, device);
    }

    private static async Task<(int Status, JsonElement Body)> LogInAsync(VirtualAuthenticator device, Func<JsonElement, JsonElement>? alter = null) =>
        await device.AskAsync("/api/auth/passkey", await ProofAsync(device, alter: alter));

    private static async Task<object> ProofAsync(VirtualAuthenticator device, string? token = null, Func<JsonElement, JsonElement>? alter = null)
    {
        var (status, challenge) = await device.AskAsync("/api/auth/passkey/challenge", new { }, token);
        Assert.Equal(200, status);
        var options = challenge.GetProperty("options");
        return Answer(challenge, await device.GetAsync(alter is null ? options : alter(options)), name: null);
    }

    private static Dictionary<string, object?> Answer(JsonElement challenge, JsonElement credential, string? name)
    {
        var answer = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["challengeId"] = challenge.GetProperty("challengeId").GetString(),
            ["credential"] = VirtualAuthenticator.Plain(credential),
        };
        if (name is not null)
            answer["name"] = name;
        return answer;
    }
}
