using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>Goes through threads in every state that people meet: from the first workspace to a message that was refused.</summary>
/// <param name="open">A window of somebody else.</param>
/// <param name="check">Is told what to wait for and what the screen is called.</param>
internal sealed class EveryThreadState(ServerBehindNetwork server, Func<Task<IPage>> open, Func<IPage, ILocator, string, Task> check)
{
    private const string Formatted = """
        The plan for **Tuesday**, with _one_ open question:

        1. `npm run build` passes
        2. the text is [approved](https://example.com/approval)

        > Nothing goes out before noon.

        ```
        const launch = new Date("2026-12-01T12:00:00Z")
        ```

        | Network | When |
        |---|---|
        | Mastodon | noon |
        """;

    private IPage page = null!;

    /// <summary>Nothing, then a first message and what one does with it.</summary>
    public async Task FirstDayAsync()
    {
        await OpenAsync();
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await ShowsAsync(page.GetByLabel("Workspace name"), "first workspace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ShowsAsync(page.GetByText("No threads yet"), "empty workspace");
        await ada.PressAsync("New thread");
        await ada.PressAsync("Create thread");
        await ShowsAsync(page.GetByText("Say what the thread is about."), "new thread without a topic");
        await page.GetByLabel("Topic").FillAsync("Launch");
        await ada.PressAsync("Create thread");
        await ShowsAsync(page.GetByText("Nothing said yet"), "empty thread");

        await ada.SayAsync("Good morning!");
        await ada.SayAsync(Formatted);
        await Assertions.Expect(Confirmed).ToHaveCountAsync(2);
        await page.Locator("html").ClickAsync(new() { Position = new() { X = 2, Y = 2 } });
        await ShowsAsync(ada.Messages, "thread");
        await Confirmed.First.FocusAsync();
        await ShowsAsync(Button("More actions"), "message in focus");
        await Button("More actions").ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete message" }), "what to do with a message");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete message" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before a message goes");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog)).ToHaveCountAsync(0);

        await Confirmed.First.FocusAsync();
        await page.Keyboard.PressAsync("e");
        await ShowsAsync(page.GetByLabel("Edit message"), "editing");
        await page.GetByLabel("Edit message").FillAsync("Good morning, everybody!");
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page.GetByText("edited", new() { Exact = true }), "edited");
        await Confirmed.First.FocusAsync();
        await page.Keyboard.PressAsync("r");
        await ShowsAsync(page.GetByText("Reply to"), "replying");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Good morning!");
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page.GetByText("In reply to"), "answered");

        await ada.PressAsync("Thread actions");
        await ShowsAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Archive" }), "what to do with a thread");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename…" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Dialog), "renaming a thread");
        await page.Keyboard.PressAsync("Escape");
        await ada.PressAsync("Thread actions");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete…" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before a thread goes");
        await page.Keyboard.PressAsync("Escape");
        await ada.PressAsync("Thread actions");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Archive" }).ClickAsync();
        await ShowsAsync(page.GetByText("This thread is archived"), "archived thread");
        await ada.PressAsync("Archived");
        await ShowsAsync(page.GetByRole(AriaRole.Link, new() { Name = "Launch" }), "archive");
        await ada.PressAsync("Unread");
        await ShowsAsync(page.GetByText("You have read everything."), "nothing unread");
    }

    /// <summary>What was missed, what is on its way, what was refused and what is not there.</summary>
    public async Task TroubleAsync()
    {
        await OpenAsync();
        var grace = await server.SignedInAs("grace");
        var workspace = await TestServer.CreateWorkspace(grace, "Analytical Engines");
        var thread = await TestServer.CreateThread(grace, workspace, "Launch");
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        var member = await grace.PostAsync($"/api/workspaces/{workspace}/members", new { email = ada.Email, role = "editor" });
        for (var i = 1; i <= 40; i++)
            await grace.PostAsync($"/api/threads/{thread}/messages", new { body = $"Point {i} of the plan" });

        await page.GotoAsync($"/w/{workspace}");
        await ShowsAsync(page.GetByRole(AriaRole.Link, new() { Name = "Launch" }), "something unread");
        await ada.OpenThreadAsync("Launch");
        await ShowsAsync(page.GetByRole(AriaRole.Separator, new() { Name = "New messages" }), "where new messages begin");
        await page.GotoAsync($"/w/{workspace}/t/{thread}?m=20");
        await ShowsAsync(page.GetByText("Point 20 of the plan"), "message that a link names");

        await LoadingAsync($"/w/{workspace}/t/{thread}", "**/api/threads/*/messages**", "Loading messages");
        await LoadingAsync($"/w/{workspace}", "**/api/workspaces/*/threads?**", "Loading threads");
        await FailingAsync($"/w/{workspace}/t/{thread}", "**/api/threads/*/messages**", "The thread could not be loaded");
        await FailingAsync($"/w/{workspace}", "**/api/workspaces/*/threads?**", "Something went wrong on our side.");
        await page.RouteAsync("**/api/threads/*/messages**", route => route.AbortAsync());
        await page.GotoAsync($"/w/{workspace}/t/{thread}");
        await ShowsAsync(page.GetByText("The server cannot be reached."), "thread out of reach");
        await page.UnrouteAllAsync();
        await page.GotoAsync($"/w/{workspace}/t/{Guid.CreateVersion7()}");
        await ShowsAsync(page.GetByText("This thread is not here"), "thread of others");
        await page.GotoAsync($"/w/{Guid.CreateVersion7()}");
        await ShowsAsync(page.GetByText("There is nothing at this address"), "workspace of others");

        await page.GotoAsync($"/w/{workspace}/t/{thread}");
        await ada.SeesAsync(page.GetByLabel("Message", new() { Exact = true }));
        await ada.SeesAsync("Connected");
        server.Cut();
        await ada.SeesAsync("Reconnecting in");
        await ada.SayAsync("Written without a connection");
        await ShowsAsync(page.GetByText("Waiting to be sent"), "message on its way");
        await grace.PatchAsync($"/api/threads/{thread}", new { archived = true });
        server.Mend();
        await ada.PressAsync("Try now");
        await ShowsAsync(page.GetByText("Not sent."), "message that was refused");

        await grace.PatchAsync($"/api/threads/{thread}", new { archived = false });
        await grace.PatchAsync($"/api/workspaces/{workspace}/members/{member.GetProperty("userId").GetGuid()}", new { role = "viewer" });
        await ShowsAsync(page.GetByText("but not write in it"), "thread of somebody who may only read");
    }

    private ILocator Confirmed => page.Locator("[data-message][data-id]");

    private async Task LoadingAsync(string address, string answers, string status)
    {
        var answer = new TaskCompletionSource();
        await page.RouteAsync(answers, async route =>
        {
            await answer.Task;
            await route.FallbackAsync();
        });
        await page.GotoAsync(address);
        await ShowsAsync(page.GetByRole(AriaRole.Status, new() { Name = status }), status);
        answer.SetResult();
        await Assertions.Expect(page.GetByRole(AriaRole.Status, new() { Name = status })).ToHaveCountAsync(0);
        await page.UnrouteAllAsync();
    }

    private async Task FailingAsync(string address, string answers, string complaint)
    {
        await page.RouteAsync(answers, route => route.FulfillAsync(new()
        {
            Status = 500,
            ContentType = "application/problem+json",
            Body = """{"code":"internal","detail":"Something went wrong on our side.","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}""",
        }));
        await page.GotoAsync(address);
        await ShowsAsync(page.GetByText(complaint), complaint);
        await page.UnrouteAllAsync();
    }

    private ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private async Task OpenAsync()
    {
        page = await open();
        page.SetDefaultTimeout(30_000);
    }

    private Task ShowsAsync(ILocator shown, string screen) => check(page, shown.Filter(new() { Visible = true }), screen);
}
