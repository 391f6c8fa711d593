using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>The ways in and back in, by keyboard alone.</summary>
public sealed class SignInTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    [Fact]
    [Trait("spec", "AU-1")]
    public async Task One_signs_up_makes_a_workspace_and_invites_without_a_mouse()
    {
        var page = await chromium.OpenAsync(server.PublicAddress);
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/");
        await ada.FollowAsync("Create an account");
        await ada.FillAsync("Name", "Ada Lovelace");
        await ada.FillAsync("Email", "no address");
        await ada.FillAsync("Password", "short");
        await ada.PressAsync("Create account");
        await ada.SeesAsync("A password has at least 8 characters.");
        await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync("Ada Lovelace");

        await ada.FillAsync("Email", $"{Guid.CreateVersion7():n}@example.com");
        await ada.FillAsync("Password", Person.Password);
        await ada.PressAsync("Create account");
        await ada.FillAsync("Workspace name", "Analytical Engines");
        await ada.PressAsync("Create workspace");
        await ada.SeesAsync("No threads yet");
        await ada.FollowAsync("People");
        await ada.FillAsync("Email", $"{Guid.CreateVersion7():n}@example.com");
        await ada.PressAsync("Invite");
        await ada.SeesAsync("an invitation is on its way.");
    }

    [Fact]
    [Trait("spec", "AU-1")]
    public async Task A_wrong_password_is_said_and_nothing_typed_is_lost()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = await chromium.OpenAsync(server.PublicAddress);
        var stranger = AtKeyboard.Of(page);
        await stranger.SignInAsync(ada.Email, "not the password");
        await stranger.SeesAsync(page.GetByRole(AriaRole.Alert));
        await Assertions.Expect(page.GetByLabel("Email")).ToHaveValueAsync(ada.Email);
        await Assertions.Expect(page.GetByLabel("Password")).ToHaveValueAsync("not the password");

        await stranger.FillAsync("Password", Person.Password);
        await stranger.PressAsync("Sign in");
        await stranger.IsInAsync();
    }

    [Fact]
    [Trait("spec", "AU-6")]
    public async Task A_forgotten_password_is_set_anew_by_the_link_of_the_mail()
    {
        var signedIn = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = await chromium.OpenAsync(server.PublicAddress);
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/sign-in");
        await ada.FollowAsync("Forgot your password?");
        await ada.FillAsync("Email", signedIn.Email);
        await ada.PressAsync("Send the link");
        await ada.SeesAsync("has an account here, a link is on its way.");

        await page.GotoAsync(await server.LinkAsync(signedIn.Email, "reset"));
        await ada.FillAsync("New password", "a quite different sentence");
        await ada.PressAsync("Change the password");
        await ada.SeesAsync("Your password is changed");
        await new AtKeyboard(signedIn.Page).IsOutAsync();

        await ada.SignInAsync(signedIn.Email, Person.Password);
        await ada.SeesAsync(page.GetByRole(AriaRole.Alert));
        await ada.FillAsync("Password", "a quite different sentence");
        await ada.PressAsync("Sign in");
        await ada.IsInAsync();
    }

    [Fact]
    [Trait("spec", "AU-6")]
    public async Task Looking_at_the_link_of_the_verification_mail_does_not_use_it_up()
    {
        var signedIn = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var link = await server.LinkAsync(signedIn.Email, "verify");

        // What a mail program does that looks at links before people do.
        var scanner = await chromium.OpenAsync(server.PublicAddress);
        await scanner.GotoAsync(link);
        await AtKeyboard.Of(scanner).SeesAsync("Confirm your email address");

        var page = signedIn.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/profile");
        await ada.SeesAsync("Not confirmed");
        await page.GotoAsync(link);
        await ada.PressAsync("Confirm");
        await ada.SeesAsync("Your address is confirmed");
        await page.GotoAsync("/settings/profile");
        await ada.SeesAsync(page.GetByText("Confirmed", new() { Exact = true }));

        await page.GotoAsync(link);
        await ada.PressAsync("Confirm");
        await ada.SeesAsync(page.GetByRole(AriaRole.Alert));
    }

    [Fact]
    [Trait("spec", "AU-6")]
    public async Task A_new_address_counts_once_its_own_mail_is_answered()
    {
        var signedIn = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = signedIn.Page;
        var ada = AtKeyboard.Of(page);
        var address = $"{Guid.CreateVersion7():n}@example.com";
        await page.GotoAsync("/settings/profile");
        await ada.FillAsync("New address", address);
        await ada.PressAsync("Change address");
        await ada.SeesAsync($"A link is on its way to {address}.");

        await page.GotoAsync(await server.LinkAsync(address, "verify"));
        await ada.PressAsync("Confirm");
        await ada.SeesAsync("Your address is confirmed");
        var elsewhere = AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress));
        await elsewhere.SignInAsync(address, Person.Password);
        await elsewhere.IsInAsync();
    }

    [Fact]
    public async Task Somebody_signed_in_can_ask_for_a_link_to_a_new_password()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        await ada.Page.GotoAsync("/forgot");
        await ada.SeesAsync(ada.Page.GetByRole(AriaRole.Link, new() { Name = "Back to security" }));
        await ada.Page.GetByLabel("Email").FillAsync(ada.Email);
        await ada.PressAsync("Send the link");
        await ada.SeesAsync(ada.Page.GetByText("a link is on its way"));
    }
}
