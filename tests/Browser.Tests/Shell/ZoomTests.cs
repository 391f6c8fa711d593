using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Shell;

/// <summary>A window of 1280 × 1024 at 400 % has 320 × 256 of its own pixels.</summary>
[Trait("spec", "UI-3")]
public sealed class ZoomTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Nothing_is_cut_off_and_nothing_scrolls_sideways_at_400_percent()
    {
        var page = await chromium.OpenAsync(server.Address, width: 320, height: 256);
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync("/components");
        await Zoom.CheckAsync(page, page.GetByRole(AriaRole.Heading, new() { Name = "Foundations" }), "components");
        await page.GotoAsync("/sign-in");
        await Zoom.CheckAsync(page, page.GetByLabel("Email"), "sign in");

        var ada = await Workspace.EnterAsync(page, "A thread with a rather long topic that fits on no line of this window");
        await Zoom.CheckAsync(page, page.GetByText("Nothing said yet"), "thread");
        await page.Locator("body").PressAsync("Control+.");
        await Zoom.CheckAsync(page, page.GetByRole(AriaRole.Complementary, new() { Name = "Details" }), "panel");
        await page.Locator("body").PressAsync("Control+.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the threads" }).ClickAsync();
        await Zoom.CheckAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "A thread" }), "threads");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find", Exact = true }).ClickAsync();
        await Zoom.CheckAsync(page, Workspace.Dialog(page, "Find anything"), "command menu");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+/");
        await Zoom.CheckAsync(page, Workspace.Dialog(page, "Keys"), "sheet of keys");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).Filter(new() { Visible = true }).ClickAsync();
        await Zoom.CheckAsync(page, page.GetByText(ada.Email), "people");
    }
}
