using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>Goes through every screen of accounts, workspaces and the audit trail in every state that people meet.</summary>
/// <param name="open">A window of somebody else.</param>
/// <param name="check">Is told what to wait for and what the screen is called.</param>
internal sealed class EveryScreen(ServerByName server, Func<Task<IPage>> open, Func<IPage, ILocator, string, Task> check)
{
    private IPage page = null!;

    public async Task EntranceAsync()
    {
        await OpenAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Email").FillAsync("nobody@example.com");
        await page.GetByLabel("Password").FillAsync("not the password");
        await PressAsync("Sign in");
        await ShowsAsync(page.GetByRole(AriaRole.Alert), "sign-in refused");
        await page.GotoAsync("/forgot");
        await page.GetByLabel("Email").FillAsync("nobody@example.com");
        await PressAsync("Send the link");
        await ShowsAsync(page.GetByText("a link is on its way"), "forgotten password, link sent");
        await page.GotoAsync("/reset?token=nothing");
        await page.GetByLabel("New password").FillAsync("short");
        await PressAsync("Change the password");
        await ShowsAsync(page.GetByText("A password has at least 8 characters."), "new password with an error");
        await MailLinkAsync("/verify", "Confirm");
        await MailLinkAsync("/not-me", "Sign out that device");
        await page.GotoAsync("/invite?token=nothing");
        await ShowsAsync(page.GetByText("This invitation is no longer good"), "used-up invitation");
    }

    public async Task AccountAsync()
    {
        await OpenAsync();
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await page.GotoAsync("/settings/profile");
        await ShowsAsync(page.GetByText("Not confirmed"), "profile");
        await page.GotoAsync("/settings/preferences");
        await ShowsAsync(page.GetByLabel("Time zone"), "preferences");
        await page.GetByLabel("Compact").CheckAsync();
        await ShowsAsync(page.Locator("html[data-density=compact]"), "compact preferences");
        await page.GetByLabel("Comfortable").CheckAsync();
        await page.GotoAsync("/settings/data");
        await PressAsync("Delete my account");
        await ShowsAsync(page.GetByText("not by us either"), "question before the account goes");

        await page.GotoAsync("/settings/keys");
        await ShowsAsync(page.GetByText("No keys yet."), "no keys");
        await PressAsync("New key");
        await PressAsync("Create key");
        await ShowsAsync(page.GetByText("Choose at least one thing that the key may do."), "new key with errors");
        await page.GetByLabel("Name of the key").FillAsync("Nightly export");
        await page.GetByLabel("Read", new() { Exact = true }).CheckAsync();
        await PressAsync("Create key");
        await ShowsAsync(page.GetByText("Copy it now"), "new key");
        await PressAsync("I have kept it");
        await ShowsAsync(page.GetByText("Never used"), "keys");
        await FactorsAsync(ada);
    }

    public async Task WorkspaceAsync()
    {
        await OpenAsync();
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await page.GotoAsync("/settings/workspaces");
        await ShowsAsync(page.GetByText("You are in no workspace."), "no workspaces");
        await page.GotoAsync("/welcome");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        var home = new Uri(page.Url).AbsolutePath.TrimEnd('/');
        var bob = await Person.SignUpAsync(await open(), "Bob Babbage");
        await ada.InviteAsync(bob);
        var address = $"{Guid.CreateVersion7():n}@example.com";
        await page.GetByLabel("Email").FillAsync(address);
        await PressAsync("Invite");
        await ShowsAsync(page.GetByText("Take back"), "people");
        await PressAsync("What to do with Bob Babbage");
        await ShowsAsync(page.GetByRole(AriaRole.Menu), "what to do with a member");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Hand the workspace over" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before handing over");
        await page.Keyboard.PressAsync("Escape");

        var stranger = await open();
        await stranger.GotoAsync(await server.LinkAsync(address, "invite"));
        await check(stranger, stranger.GetByText("I have an account"), "invitation");
        await bob.Page.GotoAsync(await server.LinkAsync(address, "invite"));
        await check(bob.Page, bob.Page.GetByText("would join with this account"), "invitation to another address");

        await page.GotoAsync($"{home}/audit");
        await page.Locator("summary").Filter(new() { HasText = "Member added" }).ClickAsync();
        await ShowsAsync(page.GetByText("Reference"), "audit trail with an open entry");
        await page.GotoAsync($"{home}/audit?resource=message");
        await ShowsAsync(page.GetByText("Nothing found"), "audit trail without a find");

        await page.GotoAsync($"{home}/settings");
        await PressAsync("Delete");
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before a workspace goes");
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Textbox).FillAsync("Analytical Engines");
        await PressAsync("Delete workspace");
        await ShowsAsync(page.GetByText("Removed for good on"), "deleted workspace");
    }

    /// <summary>What is on its way, what was refused and what is out of reach.</summary>
    public async Task TroubleAsync()
    {
        await OpenAsync();
        await Person.SignUpAsync(page, "Ada Lovelace");
        var answer = new TaskCompletionSource();
        await page.RouteAsync("**/api/auth/sessions", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/settings/security");
        await ShowsAsync(page.GetByRole(AriaRole.Status, new() { Name = "Loading your devices" }), "devices on their way");
        answer.SetResult();
        await ShowsAsync(page.GetByText("This device"), "devices");

        await page.UnrouteAllAsync();
        await page.RouteAsync("**/api/auth/sessions", route => route.FulfillAsync(new()
        {
            Status = 500,
            ContentType = "application/problem+json",
            Body = """{"code":"internal","detail":"Something went wrong on our side.","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}""",
        }));
        await page.ReloadAsync();
        await ShowsAsync(page.GetByText("Your devices could not be loaded"), "devices refused");

        await page.UnrouteAllAsync();
        await page.RouteAsync("**/api/me/password", route => route.AbortAsync());
        await page.GetByLabel("Current password").FillAsync(Person.Password);
        await page.GetByLabel("New password").FillAsync("a quite different sentence");
        await PressAsync("Change password");
        await ShowsAsync(page.GetByText("The server cannot be reached."), "change of password out of reach");
        await Assertions.Expect(page.GetByLabel("New password")).ToHaveValueAsync("a quite different sentence");
    }

    private async Task FactorsAsync(Person ada)
    {
        await VirtualAuthenticator.AttachAsync(page);
        await page.GotoAsync("/settings/security");
        await ShowsAsync(page.GetByText("No passkeys yet."), "security");
        await PressAsync("Add a passkey");
        await ShowsAsync(page.GetByLabel("Name of the passkey"), "new passkey");
        await page.GetByLabel("Name of the passkey").FillAsync("Laptop");
        await PressAsync("Go on");
        await ShowsAsync(page.GetByText("never used"), "passkeys");
        await PressAsync("Remove Laptop");
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before a passkey goes");
        await PressAsync("Remove passkey");
        await ShowsAsync(page.GetByText("No passkeys yet."), "security again");

        server.OutlastProofs();
        await PressAsync("Set up");
        await ShowsAsync(page.GetByLabel("Your password"), "is it you");
        await page.GetByLabel("Your password").FillAsync(Person.Password);
        await PressAsync("Confirm");
        await ShowsAsync(page.GetByRole(AriaRole.Img, new() { Name = "QR code" }), "authenticator app");
        var app = new AuthenticatorApp(await page.GetByRole(AriaRole.Dialog).Locator("code").InnerTextAsync(), server.Time);
        await page.GetByLabel("Code from your authenticator app").FillAsync(app.Code);
        await PressAsync("Turn on");
        await ShowsAsync(page.GetByText("I have kept them"), "recovery codes");
        await PressAsync("I have kept them");
        await ShowsAsync(page.GetByText("Asked for at every sign-in."), "second factor on");

        var elsewhere = await open();
        await AtKeyboard.Of(elsewhere).SignInAsync(ada.Email, Person.Password);
        await check(elsewhere, elsewhere.GetByText("One more step"), "second step of signing in");
        await elsewhere.GetByText("Use a recovery code").ClickAsync();
        await check(elsewhere, elsewhere.GetByLabel("Recovery code"), "second step with a recovery code");
    }

    private async Task MailLinkAsync(string address, string button)
    {
        await page.GotoAsync($"{address}?token=nothing");
        await PressAsync(button);
        await ShowsAsync(page.GetByRole(AriaRole.Alert), $"{address} with a link that is too old");
    }

    private async Task OpenAsync() => page = await open();

    private Task ShowsAsync(ILocator shown, string screen) => check(page, shown.Filter(new() { Visible = true }), screen);

    private Task PressAsync(string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
}
