using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>An item's way through the review, and back through its history, while somebody else works on it.</summary>
public sealed class ReviewTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    [Trait("spec", "CO-1")]
    public async Task What_is_approved_is_what_was_seen_and_a_change_elsewhere_voids_it()
    {
        var page = await chromium.OpenAsync(server.Address);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, item) = (room.Ada, await room.WriteAsync("Spring launch", "We begin on Tuesday."));
        await room.OpenItemAsync(item);
        await ada.PressAsync("Ask for review");
        await ada.PressAsync("Approve…");
        await ada.SeesAsync(page.GetByRole(AriaRole.Region, new() { Name = "What is approved" }).GetByText("We begin on Tuesday."));

        await room.ChangeAsync(item, new { body = "We begin on Wednesday." });
        await ada.PressAsync("Approve");
        await ada.SeesAsync("Not approved: somebody changed it while you were reading.");
        await ada.SeesAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "What is different now" }).GetByText("Wednesday"));
        await ada.PressAsync("Approve what it says now");
        await ada.SeesAsync("by Ada Lovelace");

        await room.ChangeAsync(item, new { title = "Spring launch!" });
        await ada.SeesAsync("voided the approval by Ada Lovelace");
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Ask for review" }));
        Assert.Equal("draft", (await room.ReadAsync(item)).GetProperty("status").GetString());
    }

    [Fact]
    [Trait("spec", "CO-4")]
    public async Task The_history_shows_what_a_step_changed_and_leads_back_to_what_was_there()
    {
        var page = await chromium.OpenAsync(server.Address);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, item) = (room.Ada, await room.WriteAsync("Spring launch", "one\ntwo\nthree"));
        await room.OpenItemAsync(item);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Summer launch");
        await page.Keyboard.PressAsync("Enter");
        await Eventually.TrueAsync("the title is saved", TimeSpan.FromSeconds(60), async () => (await room.ReadAsync(item)).GetProperty("title").GetString() == "Summer launch");
        await room.ChangeAsync(item, new { body = "one\nzwei\nthree" });

        await page.Locator("body").PressAsync("Control+.");
        await page.GetByRole(AriaRole.Tab, new() { Name = "History" }).ClickAsync();
        var steps = page.GetByRole(AriaRole.List, new() { Name = "History" }).GetByRole(AriaRole.Button);
        await Assertions.Expect(steps).ToHaveCountAsync(3);
        await steps.Filter(new() { HasText = "Changed the text" }).ClickAsync();
        var difference = page.GetByRole(AriaRole.Textbox, new() { Name = "What this step changed" });
        await ada.SeesAsync(difference.Locator("del").GetByText("two"));
        await ada.SeesAsync(difference.GetByText("zwei"));
        await page.Keyboard.PressAsync("Escape");

        await steps.Filter(new() { HasText = "Ada Lovelace" }).ClickAsync();
        await ada.PressAsync("Have it say this again");
        await ada.SeesAsync("It says again what it said then.");
        await Assertions.Expect(steps).ToHaveCountAsync(4);
        var now = await room.ReadAsync(item);
        await ada.PressAsync("Who wrote this");
        await ada.SeesAsync(page.GetByRole(AriaRole.List, new() { Name = "Authors" }).GetByText("Ada Lovelace"));
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "The text by its authors" }).GetByTitle("Ada Lovelace")).ToContainTextAsync("two");
        Assert.Equal(("Summer launch", "one\ntwo\nthree"), (now.GetProperty("title").GetString(), now.GetProperty("body").GetString()));
    }
}
