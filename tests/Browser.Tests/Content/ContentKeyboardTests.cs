using System.Globalization;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>Content without a mouse: made, found, moved on the board, planned on the calendar.</summary>
[Trait("spec", "CO-1")]
[Trait("spec", "UI-3")]
public sealed class ContentKeyboardTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Content_is_begun_sent_to_review_on_the_board_and_moved_to_another_day()
    {
        var page = await chromium.OpenAsync(server.Address);
        var keyboard = AtKeyboard.Of(page);
        await Shell.Workspace.EnterAsync(page);
        await BeginAsync(page, "Shift+C", "Spring launch");
        await keyboard.FollowAsync("Content");
        await keyboard.SeesAsync(page.GetByRole(AriaRole.Region, new() { Name = "Items", Exact = true }).GetByRole(AriaRole.Link).Filter(new() { HasText = "Spring launch" }));

        await keyboard.FollowAsync("Board");
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Draft", Exact = true }).Locator("[data-item]");
        await keyboard.ReachAsync(card);
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.GetByText("“Spring launch” is taken.")).ToBeAttachedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.GetByText("“Spring launch” over In review. Enter puts it there.")).ToBeAttachedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.GetByText("Ask for a review first")).Not.ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.GetByText("“Spring launch” over In review. Enter puts it there.")).ToBeAttachedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "In review", Exact = true }).Locator("[data-item]")).ToBeFocusedAsync();

        await keyboard.FollowAsync("Calendar");
        var today = page.Locator("[role=gridcell][tabindex='0']");
        await keyboard.ReachAsync(today);
        var day = int.Parse((await today.GetAttributeAsync("data-day"))!, CultureInfo.InvariantCulture);
        await BeginAsync(page, "Enter", "Newsletter 12");
        await keyboard.FollowAsync("Back to the content");
        await keyboard.ReachAsync(page.Locator($"[data-day='{day}'] [data-item]"));
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator($"[data-day='{day}']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator($"[data-day='{day + 1}']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator($"[data-day='{day + 8}']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator($"[data-day='{day + 8}'] [data-item]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await keyboard.SeesAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }));
    }

    /// <summary>Begins an item by a key that opens the dialog, and goes on to its page.</summary>
    private static async Task BeginAsync(IPage page, string keys, string title)
    {
        await page.Keyboard.PressAsync(keys);
        await Shell.Workspace.InDialogAsync(page, "New content");
        await page.Keyboard.TypeAsync(title);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" })).ToHaveValueAsync(title);
        // It has reached the server: then it has a menu.
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Content actions" })).ToBeVisibleAsync();
    }
}
