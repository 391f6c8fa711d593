using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

[Trait("spec", "UI-3")]
public sealed class AccessibilityTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Axe_finds_nothing_on_any_screen(ColorScheme scheme, int width)
    {
        var page = await chromium.OpenAsync(server.Address, scheme, width);
        await page.GotoAsync("/");
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }), "sign in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByText("A password has at least 8 characters."), "sign up with errors");

        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await Axe.CheckAsync(page, page.GetByLabel("Workspace name"), "first workspace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await Axe.CheckAsync(page, page.GetByText("No threads yet"), "empty workspace");
        await ada.PressAsync("New thread");
        await Axe.CheckAsync(page, page.GetByLabel("Topic"), "new thread");
        await page.GetByLabel("Topic").FillAsync("Launch");
        await ada.PressAsync("Create thread");
        await Axe.CheckAsync(page, page.GetByText("Nothing said yet"), "empty thread");
        await ada.SayAsync("Good morning!");
        await ada.ReadsAsync("Good morning!");
        await Axe.CheckAsync(page, ada.Messages, "thread");
        await page.GotoAsync(new Uri(page.Url).AbsolutePath.Split("/t/")[0] + "/members");
        await Axe.CheckAsync(page, page.GetByText(ada.Email), "people");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Account") }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }), "account menu");
        await page.GotoAsync("/nowhere");
        await Axe.CheckAsync(page, page.GetByText("There is nothing at this address"), "not found");
    }
}
