using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Shell;

[Trait("spec", "UI-3")]
public sealed class ShellAccessibilityTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<ColorScheme, int> Looks =>
        new() { { ColorScheme.Light, 1440 }, { ColorScheme.Dark, 1440 }, { ColorScheme.Light, 360 }, { ColorScheme.Dark, 360 } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_in_any_component_in_any_state(ColorScheme scheme, int width)
    {
        var page = await chromium.OpenAsync(server.Address, scheme, width);
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync("/components");
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Heading, new() { Name = "Contents" }), "components");

        await page.GetByRole(AriaRole.Button, new() { Name = "Create workspace" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByText("is already taken"), "a form that was refused");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Participants" }).FillAsync("k");
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Option, new() { Name = "Katherine Johnson" }), "combobox");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }), "menu");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByLabel("Author"), "popover");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mute" }).FocusAsync();
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Tooltip).First, "tooltip");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dialog", Exact = true }).ClickAsync();
        await Axe.CheckAsync(page, Workspace.Dialog(page, "New thread"), "dialog");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dangerous question" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Alertdialog), "dangerous question");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "With undo" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Failure" }).ClickAsync();
        await Axe.CheckAsync(page, page.GetByText("Thread archived"), "toasts");
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_nothing_in_the_parts_of_the_shell(ColorScheme scheme, int width)
    {
        var page = await chromium.OpenAsync(server.Address, scheme, width);
        await Workspace.EnterAsync(page, "Launch");

        await page.Locator("body").PressAsync("Control+k");
        await Axe.CheckAsync(page, Workspace.Dialog(page, "Find anything"), "command menu");
        await page.Keyboard.TypeAsync("nothing of that name");
        await Axe.CheckAsync(page, page.GetByText("Nothing found for"), "command menu without a find");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+/");
        await Axe.CheckAsync(page, Workspace.Dialog(page, "Keys"), "sheet of keys");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+.");
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Complementary, new() { Name = "Details" }), "panel");
    }
}
