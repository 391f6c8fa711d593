using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>The second factor, passkeys, and the fresh proof before what is dangerous, by keyboard alone.</summary>
[Trait("spec", "AU-7")]
public sealed class FactorsTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    [Fact]
    public async Task With_an_authenticator_app_a_password_alone_opens_nothing()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var (app, codes) = await TurnOnAsync(owner.Page);
        Assert.Equal(10, codes.Count);

        var page = await chromium.OpenAsync(server.PublicAddress);
        var ada = AtKeyboard.Of(page);
        await ada.SignInAsync(owner.Email, Person.Password);
        await ada.SeesAsync("One more step");
        await ada.FillAsync("Code from your authenticator app", "000000");
        await ada.PressAsync("Sign in");
        await ada.SeesAsync("This code is not right");
        // Each code opens once, and this one has turned the app on.
        server.Time.Skip(TimeSpan.FromMinutes(1));
        await ada.FillAsync("Code from your authenticator app", app.Code);
        await ada.PressAsync("Sign in");
        await ada.IsInAsync();

        var withoutPhone = AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress));
        await withoutPhone.SignInAsync(owner.Email, Person.Password);
        await withoutPhone.PressAsync("Use a recovery code");
        await withoutPhone.FillAsync("Recovery code", codes[0]);
        await withoutPhone.PressAsync("Sign in");
        await withoutPhone.IsInAsync();
        await page.GotoAsync("/settings/security");
        await ada.SeesAsync("9 left.");
    }

    [Fact]
    public async Task Recovery_codes_are_saved_replaced_and_go_with_the_app()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var (_, codes) = await TurnOnAsync(owner.Page);
        var ada = AtKeyboard.Of(owner.Page);

        await ada.PressAsync("New codes");
        await ada.PressAsync("Make new codes");
        var list = owner.Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" });
        await ada.SeesAsync(list);
        var fresh = await list.GetByRole(AriaRole.Listitem).AllInnerTextsAsync();
        Assert.Empty(fresh.Intersect(codes));
        var download = await owner.Page.RunAndWaitForDownloadAsync(() => ada.PressAsync("Download"));
        Assert.Contains(fresh[0], await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await ada.PressAsync("I have kept them");

        await ada.PressAsync("Turn off");
        await owner.Page.GetByRole(AriaRole.Alertdialog).WaitForAsync();
        await ada.PressAsync("Turn off");
        await ada.SeesAsync("Not set up.");
        var other = AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress));
        await other.SignInAsync(owner.Email, Person.Password);
        await other.IsInAsync();
    }

    [Fact]
    public async Task A_passkey_is_added_renamed_used_and_removed()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        var device = await VirtualAuthenticator.AttachAsync(page);
        await page.GotoAsync("/settings/security");
        await ada.PressAsync("Add a passkey");
        await ada.FillAsync("Name of the passkey", "Lapptop");
        await ada.PressAsync("Go on");
        await ada.PressAsync("Rename Lapptop");
        await ada.FillAsync("Name of the passkey", "Laptop");
        await ada.PressAsync("Save");
        await ada.SeesAsync(page.GetByText("Laptop", new() { Exact = true }));

        // While the browser waits with a suggestion the button asks instead. A request that finds no finger would wait for ever:
        // the button's is held until there is one.
        await device.LiftFingerAsync();
        await page.AddInitScriptAsync("""
            const get = CredentialsContainer.prototype.get
            window.passkeysAskedFor = 0
            CredentialsContainer.prototype.get = function (options) {
              window.passkeysAskedFor++
              return get.call(this, options)
            }
            """);
        await SignOutAsync(page, ada);
        await page.WaitForFunctionAsync("() => window.passkeysAskedFor === 1");
        var isFingerDown = new TaskCompletionSource();
        await page.RouteAsync("**/api/auth/passkey/challenge", async route =>
        {
            await isFingerDown.Task;
            await route.ContinueAsync();
        });
        await ada.PressAsync("Use a passkey");
        await device.PutFingerDownAsync();
        isFingerDown.SetResult();
        await ada.IsInAsync();
        await page.UnrouteAllAsync();

        // With the finger down the one among the suggestions of the email field is taken at once.
        await SignOutAsync(page, ada);
        await ada.IsInAsync();

        await page.GotoAsync("/settings/security");
        await ada.PressAsync("Remove Laptop");
        await ada.PressAsync("Remove passkey");
        await ada.SeesAsync("No passkeys yet.");
        await SignOutAsync(page, ada);
        await ada.SeesAsync(page.GetByRole(AriaRole.Alert));
        await ada.IsOutAsync();
    }

    [Fact]
    public async Task What_is_dangerous_asks_for_a_fresh_proof_and_then_goes_on_by_itself()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/security");
        await ada.SeesAsync("Not set up.");
        server.OutlastProofs();

        await ada.PressAsync("Set up");
        await ada.SeesAsync("Is it you?");
        await page.Keyboard.PressAsync("Escape");
        await ada.SeesAsync("Nothing has changed");

        await ada.PressAsync("Set up");
        await ada.FillAsync("Your password", "not the password");
        await ada.PressAsync("Confirm");
        await ada.SeesAsync("It is wrong.");
        await ada.FillAsync("Your password", Person.Password);
        await ada.PressAsync("Confirm");
        await ada.SeesAsync("Set up an authenticator app");
    }

    private async Task<(AuthenticatorApp App, IReadOnlyList<string> Codes)> TurnOnAsync(IPage page)
    {
        var keys = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/security");
        await keys.PressAsync("Set up");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await keys.SeesAsync(dialog.GetByRole(AriaRole.Img, new() { Name = "QR code" }));
        var app = new AuthenticatorApp(await dialog.Locator("code").InnerTextAsync(), server.Time);
        await keys.FillAsync("Code from your authenticator app", app.Code);
        await keys.PressAsync("Turn on");
        var list = page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" });
        await keys.SeesAsync(list);
        var codes = await list.GetByRole(AriaRole.Listitem).AllInnerTextsAsync();
        await keys.PressAsync("I have kept them");
        await keys.SeesAsync("Asked for at every sign-in.");
        return (app, codes);
    }

    private static async Task SignOutAsync(IPage page, AtKeyboard keys)
    {
        await page.GotoAsync("/settings/profile");
        await keys.PressAsync("Sign out");
    }
}
