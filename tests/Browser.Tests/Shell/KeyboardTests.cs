using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Shell;

/// <summary>What one does in the shell, without a mouse.</summary>
[Trait("spec", "UI-3")]
public sealed class KeyboardTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Threads_are_started_found_and_walked_through()
    {
        var (page, _) = await EnterAsync();
        await LeaveTheFieldAsync(page);
        await page.Keyboard.PressAsync("c");
        await Workspace.InDialogAsync(page, "New thread");
        await page.Keyboard.TypeAsync("Newsletter");
        await page.Keyboard.PressAsync("Enter");
        await TitleIsAsync(page, "Newsletter");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await TitleIsAsync(page, "Notes");
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await TitleIsAsync(page, "Launch");
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await TitleIsAsync(page, "Notes");

        await FindAsync(page, "laun");
        await TitleIsAsync(page, "Launch");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Launch", Level = 1 })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Workspaces_are_made_and_switched()
    {
        var (page, ada) = await EnterAsync();
        await FindAsync(page, "new workspace");
        await Assertions.Expect(page.GetByLabel("Workspace name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Difference Engines");
        await page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync("No threads yet");

        await page.Keyboard.PressAsync("Control+Alt+1");
        await ada.SeesAsync(page.GetByRole(AriaRole.Link, new() { Name = "Launch" }));
        await FindAsync(page, "difference");
        await ada.SeesAsync("No threads yet");
    }

    [Fact]
    public async Task The_panel_opens_widens_is_resized_and_closes()
    {
        var (page, ada) = await EnterAsync();
        var panel = page.GetByRole(AriaRole.Complementary, new() { Name = "Details" });
        await page.Keyboard.PressAsync("Control+.");
        await ada.SeesAsync(panel);
        var width = (await panel.BoundingBoxAsync())!.Width;

        await page.GetByRole(AriaRole.Separator, new() { Name = "Width of the panel" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await WidthIsAsync(panel, width + 20);
        await page.Keyboard.PressAsync("Control+Shift+.");
        await WidthIsAsync(panel, 560);

        await page.ReloadAsync();
        await ada.SeesAsync(panel);
        await WidthIsAsync(panel, 560);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the panel" }).FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(panel).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_theme_is_chosen_and_kept()
    {
        var (page, ada) = await EnterAsync();
        await FindAsync(page, "dark");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await ada.SeesAsync(page.GetByRole(AriaRole.Link, new() { Name = "Launch" }));
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task The_sheet_shows_every_key_and_letters_leave_those_who_type_alone()
    {
        var (page, ada) = await EnterAsync();
        await page.GetByLabel("Message", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync("Which? c/n");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToHaveValueAsync("Which? c/n");

        await LeaveTheFieldAsync(page);
        await page.Keyboard.PressAsync("?");
        var sheet = Workspace.Dialog(page, "Keys");
        foreach (var known in new[] { "Find anything", "New thread", "Next thread", "Open the panel" })
            await ada.SeesAsync(sheet.GetByText(known, new() { Exact = true }));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(sheet).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_first_tab_skips_to_the_content()
    {
        var (page, ada) = await EnterAsync();
        await page.ReloadAsync();
        await ada.SeesAsync(page.GetByLabel("Message", new() { Exact = true }));
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#centre")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Another_screen_has_its_own_title_and_the_focus()
    {
        var (page, _) = await EnterAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await TitleIsAsync(page, "People");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "People", Level = 1 })).ToBeFocusedAsync();
        await page.GoBackAsync();
        await TitleIsAsync(page, "Notes");
    }

    private async Task<(IPage Page, Person Ada)> EnterAsync()
    {
        var page = await chromium.OpenAsync(server.Address);
        return (page, await Workspace.EnterAsync(page, "Launch", "Notes"));
    }

    private static async Task FindAsync(IPage page, string text)
    {
        await page.Keyboard.PressAsync("Control+k");
        await Workspace.InDialogAsync(page, "Find anything");
        await page.Keyboard.TypeAsync(text);
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task LeaveTheFieldAsync(IPage page) => await page.EvaluateAsync("() => document.activeElement.blur()");

    private static Task TitleIsAsync(IPage page, string screen) =>
        Assertions.Expect(page).ToHaveTitleAsync(new Regex($@"^(\(\d+\) )?{Regex.Escape(screen)} · Renexus$", RegexOptions.None, TimeSpan.FromSeconds(1)));

    private static Task WidthIsAsync(ILocator element, float width) =>
        Assertions.Expect(element).ToHaveCSSAsync("width", new Regex($"^{width:0}", RegexOptions.None, TimeSpan.FromSeconds(1)));
}
