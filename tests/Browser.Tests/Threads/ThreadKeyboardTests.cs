using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>What one does in a thread, without a mouse.</summary>
[Trait("spec", "UI-3")]
public sealed class ThreadKeyboardTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Messages_are_written_in_lines_edited_and_answered()
    {
        var (page, ada) = await EnterAsync();
        await page.GetByLabel("Message", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync("one");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("line more");
        await page.Keyboard.PressAsync("Enter");
        await SentAsync(page, 1);
        await page.Keyboard.TypeAsync("seccond");
        await page.Keyboard.PressAsync("Enter");
        await SentAsync(page, 2);

        await page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(page.GetByLabel("Edit message")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("second");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(ada.Messages.Last).ToHaveTextAsync("second");

        await page.Locator("[data-message][data-id]").Last.FocusAsync();
        await page.Keyboard.PressAsync("r");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("an answer");
        await page.Keyboard.PressAsync("Enter");
        await SentAsync(page, 3);
    }

    [Fact]
    public async Task A_thread_is_renamed_archived_and_brought_back()
    {
        var (page, ada) = await EnterAsync();
        var hands = AtKeyboard.Of(page);
        await hands.PressAsync("Thread actions");
        await hands.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename…" }));
        await hands.FillAsync("Topic", "Spring launch");
        await page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Spring launch", Level = 1 }));

        await hands.PressAsync("Thread actions");
        await hands.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Archive" }));
        await hands.PressAsync("Undo");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeEnabledAsync();
    }

    [Fact]
    public async Task A_message_is_deleted()
    {
        var (page, ada) = await EnterAsync();
        await page.GetByLabel("Message", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync("stays");
        await page.Keyboard.PressAsync("Enter");
        await SentAsync(page, 1);
        await page.Keyboard.TypeAsync("goes");
        await page.Keyboard.PressAsync("Enter");
        await SentAsync(page, 2);

        var hands = AtKeyboard.Of(page);
        var message = page.Locator("[data-message][data-id]").Last;
        await hands.ReachAsync(message);
        await hands.PressAsync("More actions");
        await hands.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete message" }));
        // Not yet: one may think again, and is back where one was.
        await hands.PressAsync("Cancel");
        await Assertions.Expect(message).ToBeFocusedAsync(new() { Timeout = 30_000 });
        await hands.PressAsync("More actions");
        await hands.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete message" }));
        await hands.PressAsync("Delete message");
        await ada.ReadsAsync("stays");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync(new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_thread_is_marked_unread_and_found_again()
    {
        var grace = await server.SignedInAs("grace");
        var workspace = await TestServer.CreateWorkspace(grace, "Analytical Engines");
        var launch = await TestServer.CreateThread(grace, workspace, "Launch");
        await TestServer.CreateThread(grace, workspace, "Notes");
        foreach (var body in new[] { "one", "two" })
            await grace.PostAsync($"/api/threads/{launch}/messages", new { body });
        var page = await chromium.OpenAsync(server.Address);
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await grace.PostAsync($"/api/workspaces/{workspace}/members", new { email = ada.Email, role = "editor" });
        await page.GotoAsync($"/w/{workspace}/t/{launch}");
        await ada.ReadsAsync("one", "two");

        var hands = AtKeyboard.Of(page);
        await hands.ReachAsync(page.Locator("[data-message][data-id]").Last);
        await page.Keyboard.PressAsync("Shift+U");
        await ada.SeesAsync("Unread from here on");
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await ada.SeesAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Notes", Level = 1 }));
        await page.Keyboard.PressAsync("n");
        await ada.SeesAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Launch", Level = 1 }));
        await ada.SeesAsync(page.GetByRole(AriaRole.Separator, new() { Name = "New messages" }));
        await Assertions.Expect(page.GetByText("two", new() { Exact = true }).Locator("xpath=preceding::*[@role='separator'][@aria-label='New messages']")).ToHaveCountAsync(1);
    }

    private async Task<(IPage Page, Person Ada)> EnterAsync()
    {
        var page = await chromium.OpenAsync(server.Address);
        return (page, await Workspace.EnterAsync(page, "Launch"));
    }

    private static Task SentAsync(IPage page, int messages) =>
        Assertions.Expect(page.Locator("[data-message][data-id]")).ToHaveCountAsync(messages);
}
