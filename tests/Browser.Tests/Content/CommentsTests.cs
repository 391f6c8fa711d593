using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>What is said about a place in a text: made there, discussed by two people at once, and done with.</summary>
[Trait("spec", "CO-5")]
[Trait("spec", "UI-3")]
public sealed class CommentsTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_comment_is_made_by_keys_discussed_live_and_resolved()
    {
        var page = await chromium.OpenAsync(server.Address);
        var keyboard = AtKeyboard.Of(page);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, item) = (room.Ada, await room.WriteAsync("Spring launch", "We begin on Tuesday.\n\nThe place is open."));
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Bob Babbage");
        await room.Grace.PostAsync($"/api/workspaces/{room.Workspace}/members", new { email = bob.Email, role = "editor" });
        await room.OpenItemAsync(item);
        await bob.Page.GotoAsync(page.Url);
        await bob.SeesAsync(Text(bob.Page));

        await keyboard.ReachAsync(Text(page));
        await page.Keyboard.PressAsync("ControlOrMeta+Home");
        await page.Keyboard.PressAsync("ControlOrMeta+Alt+m");
        await ada.SeesAsync("Select what your comment is about first.");
        await page.Keyboard.PressAsync("Shift+End");
        await page.Keyboard.PressAsync("ControlOrMeta+Alt+m");
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Comment", Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Which Tuesday, @Bob Babbage?");
        await page.Keyboard.PressAsync("ControlOrMeta+Enter");
        await ada.ReadsAsync("Which Tuesday, @Bob Babbage?");
        await Assertions.Expect(Marked(page)).ToHaveTextAsync("We begin on Tuesday.");

        await Marked(bob.Page).ClickAsync();
        await bob.ReadsAsync("Which Tuesday, @Bob Babbage?");
        await bob.SayAsync("The first of December.");
        await ada.ReadsAsync("Which Tuesday, @Bob Babbage?", "The first of December.");
        await keyboard.FillAsync("Message", "Then it should say so.");
        await page.Keyboard.PressAsync("Enter");
        await bob.ReadsAsync("Which Tuesday, @Bob Babbage?", "The first of December.", "Then it should say so.");

        await keyboard.PressAsync("Resolve");
        await bob.SeesAsync("Resolved by Ada Lovelace");
        foreach (var one in new[] { page, bob.Page })
            await Assertions.Expect(Marked(one)).ToHaveCountAsync(0);
        await keyboard.PressAsync("All comments");
        await keyboard.SeesAsync("No open comments");
        await keyboard.PressAsync("Resolved 1");
        await keyboard.SeesAsync(Comments(page).GetByText("Which Tuesday, @Bob Babbage?"));
        await keyboard.PressAsync("Open 0");

        // What others say comes by itself; the one whose words are taken away stays with them.
        await room.CommentAsync(item, "The place is open.", "Which place?");
        await room.CommentAsync(item, "We begin", "Do we?");
        await Assertions.Expect(Comments(page).GetByRole(AriaRole.Button)).ToHaveTextAsync([new Regex("We begin.*Do we"), new Regex("The place is open.*Which place")]);
        await room.ChangeAsync(item, new { body = "We begin on Tuesday." });
        await ada.SeesAsync(Comments(page).GetByRole(AriaRole.Button).Filter(new() { HasText = "Which place?" }).GetByText("No longer in the text"));
        await Assertions.Expect(Marked(page)).ToHaveTextAsync("We begin");

        // Without the mouse one gets from a place in the text to what is said about it, and back to the text from there.
        await keyboard.ReachAsync(Text(page));
        await page.Keyboard.PressAsync("ControlOrMeta+Home");
        await page.Keyboard.PressAsync("ControlOrMeta+Alt+m");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "All comments" })).ToBeFocusedAsync();
        await ada.ReadsAsync("Do we?");
        await keyboard.PressAsync("Delete comment");
        await keyboard.PressAsync("Delete comment");
        await Assertions.Expect(Marked(page)).ToHaveCountAsync(0);
        await Assertions.Expect(Marked(bob.Page)).ToHaveCountAsync(0);
    }

    private static ILocator Text(IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true });

    private static ILocator Marked(IPage page) => page.Locator(".cm-comment");

    private static ILocator Comments(IPage page) => page.GetByRole(AriaRole.List, new() { Name = "Comments" });
}
