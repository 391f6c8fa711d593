using System.Text.Json;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>Pictures and other files that go with an item.</summary>
[Trait("spec", "CO-1")]
[Trait("spec", "FI-4")]
public sealed class ItemMediaTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Files_are_brought_said_what_they_show_put_in_order_and_shown_where_they_are_approved_and_in_the_history()
    {
        var page = await chromium.OpenAsync(server.Address);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, item) = (room.Ada, await room.WriteAsync("Spring launch", "We begin on Tuesday."));
        await room.OpenItemAsync(item);
        var media = page.GetByRole(AriaRole.Region, new() { Name = "Media" });
        var rows = media.GetByRole(AriaRole.Listitem);

        // Two at once, from the device.
        await ada.PressAsync("Add files…");
        await page.GetByRole(AriaRole.Dialog).Locator("input[type=file]").SetInputFilesAsync([Pictures.File("plan.png"), Pictures.File("tree.png")]);
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Pictures.SeenAsync(media.GetByRole(AriaRole.Img, new() { Name = "plan.png" }));
        var plan = media.GetByRole(AriaRole.Listitem, new() { Name = "plan.png" });
        await plan.GetByLabel("What it shows").FillAsync("The plan of spring");
        await MediaAsync(room, item, "The plan of spring", count: 2);

        // By the keys, until it is the last.
        var down = plan.GetByRole(AriaRole.Button, new() { Name = "Move plan.png down" });
        await down.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(rows.Last).ToHaveAccessibleNameAsync("plan.png");
        await Assertions.Expect(down).ToBeFocusedAsync();
        await Look.CheckEveryAsync(page, plan, "content with pictures");

        // It is part of what is approved.
        await ada.PressAsync("Ask for review");
        await ada.PressAsync("Approve…");
        await ada.SeesAsync(page.GetByRole(AriaRole.Region, new() { Name = "What is approved" }).GetByText("The plan of spring"));
        await ada.PressAsync("Approve");
        await ada.SeesAsync("by Ada Lovelace");
        await ada.PressAsync("Remove tree.png");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Ask for review" }));
        await page.Locator("body").PressAsync("Control+.");
        await page.GetByRole(AriaRole.Tab, new() { Name = "History" }).ClickAsync();
        await page.GetByRole(AriaRole.List, new() { Name = "History" }).GetByRole(AriaRole.Button).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "What this step changed" })).ToContainTextAsync("[plan.png] The plan of spring");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+.");

        // One that somebody deletes says so, and the others can still be changed.
        var files = (await MediaAsync(room, item, "The plan of spring", count: 1))[0].GetProperty("fileId").GetGuid();
        await room.Grace.DeleteAsync($"/api/files/{files}");
        await ada.SeesAsync("It was deleted, and nobody sees it any more.");
        await ada.PressAsync("Remove A deleted file");
        await MediaAsync(room, item, null, count: 0);
    }

    /// <summary>What goes with it on the server, once that is so.</summary>
    private static async Task<JsonElement[]> MediaAsync(Newsroom room, Guid item, string? alt, int count)
    {
        JsonElement[] media = [];
        await Eventually.TrueAsync($"{count} files go with it", TimeSpan.FromSeconds(60), async () =>
        {
            media = [.. (await room.ReadAsync(item)).GetProperty("media").EnumerateArray()];
            return media.Length == count && (alt is null || media.Any(file => file.GetProperty("alt").GetString() == alt));
        });
        return media;
    }
}
