using System.Text.Json;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>A device with room for passkeys and a reader for fingers, which Chromium plays, and the finger on it.</summary>
internal sealed class Finger
{
    private readonly ICDPSession session;
    private readonly string authenticator;

    private Finger(ICDPSession session, string authenticator)
    {
        this.session = session;
        this.authenticator = authenticator;
    }

    public static async Task<Finger> OfAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        var options = new
        {
            protocol = "ctap2",
            transport = "internal",
            hasResidentKey = true,
            hasUserVerification = true,
            isUserVerified = true,
            automaticPresenceSimulation = true,
        };
        var added = await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = JsonSerializer.SerializeToElement(options) });
        return new Finger(browser, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whoever asks waits from now on.</summary>
    public Task LiftAsync() => SetAsync(isDown: false);

    public Task PutDownAsync() => SetAsync(isDown: true);

    private async Task SetAsync(bool isDown) =>
        await session.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = authenticator, ["enabled"] = isDown });
}
