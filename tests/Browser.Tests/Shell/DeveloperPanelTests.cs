using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Shell;

[Trait("spec", "UI-5")]
public sealed class DeveloperPanelTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_panel_is_there_for_who_asks_for_it_and_shows_frames_calls_and_cache_without_the_token()
    {
        var page = await chromium.OpenAsync(server.Address);
        var ada = await Workspace.EnterAsync(page, "Launch");
        var panel = page.GetByRole(AriaRole.Complementary, new() { Name = "Developer" });
        await Assertions.Expect(panel).ToHaveCountAsync(0);

        await page.GotoAsync(new Uri(page.Url).AbsolutePath + "?dev");
        await ada.PressAsync("Developer");
        await ada.SayAsync("On the record");
        var frame = panel.GetByText("\"body\":\"On the record\"").First;
        await Axe.CheckAsync(page, frame, "frames");
        await Assertions.Expect(panel.GetByText("\"token\":\"…\"").First).ToBeVisibleAsync();

        await panel.GetByRole(AriaRole.Tab, new() { Name = "Calls" }).ClickAsync();
        await Axe.CheckAsync(page, panel.GetByText("GET /api/me", new() { Exact = true }), "calls");
        await panel.GetByRole(AriaRole.Tab, new() { Name = "Cache" }).ClickAsync();
        await Axe.CheckAsync(page, panel.GetByText("[\"workspaces\"]", new() { Exact = true }), "cache");
        await page.Keyboard.PressAsync("Control+Alt+d");
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Developer", Exact = true }));
    }
}
