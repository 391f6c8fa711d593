using System.Globalization;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>Goes through a workspace's content in every state that people meet: from nothing to the history of what is approved.</summary>
/// <param name="open">A window of somebody else.</param>
/// <param name="check">Is told what to wait for and what the screen is called.</param>
internal sealed class EveryContentState(ServerBehindNetwork server, Func<Task<IPage>> open, Func<IPage, ILocator, string, Task> check)
{
    private static readonly string[] Kinds = ["post", "article", "video"];

    private IPage page = null!;

    /// <summary>The list, the board, the calendar and the trash.</summary>
    public async Task AllOfItAsync()
    {
        var room = await OpenAsync();
        var ada = room.Ada;
        await room.ShowAsync();
        await ShowsAsync(page.GetByText("Nothing is written yet"), "no content");
        await ada.PressAsync("Write the first");
        await ada.PressAsync("Create");
        await ShowsAsync(page.GetByText("Say what it is called."), "new content without a title");
        await page.Keyboard.PressAsync("Escape");

        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 12; i++)
            await room.WriteAsync($"Number {i} of a series with a title that is longer than a phone is wide", "", now.AddHours(i * 7).ToString("o", CultureInfo.InvariantCulture), Kinds[i % 3]);
        var last = await room.WriteAsync("About the weather", "Sunshine after rain, says the forecast.");
        await ShowsAsync(page.GetByText("Number 11 of"), "content");
        await ada.PressAsync("Filter");
        await ShowsAsync(page.GetByLabel("Who works on it"), "filters of content");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Find content").FillAsync("no such words");
        await ShowsAsync(page.GetByText("Nothing is like that"), "no content of that kind");

        await Eventually.TrueAsync("the search finds it", TimeSpan.FromSeconds(60), async () =>
            (await room.Grace.GetAsync($"/api/search?workspaceId={room.Workspace}&q=forecast")).GetProperty("items").GetArrayLength() == 1);
        await page.GotoAsync($"/w/{room.Workspace}/search?q=forecast");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Content" }).ClickAsync();
        await ShowsAsync(page.Locator("mark"), "found content");
        await page.Locator("mark").ClickAsync();
        await ada.SeesAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }));

        await room.ShowAsync("?view=board");
        await room.Card("Number 11 of", "Draft").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("ArrowRight");
        await ShowsAsync(page.GetByText("Put it here"), "board with a card on its way");
        await page.Keyboard.PressAsync("Escape");
        await room.ShowAsync("?view=calendar");
        await ShowsAsync(page.GetByRole(AriaRole.Button, new() { Name = "Today" }), "calendar of a month");
        await room.ShowAsync("?view=calendar&span=week");
        await ShowsAsync(page.GetByRole(AriaRole.Button, new() { Name = "Today" }), "calendar of a week");
        await room.ShowAsync("?view=calendar&on=2031-01-01&span=agenda");
        await ShowsAsync(page.GetByText("Nothing is planned for"), "agenda of a month without anything");

        await ada.PressAsync("More about the content");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Import Markdown…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "a file of another kind whose name does not fit.docx", MimeType = "text/plain", Buffer = [65] });
        await ShowsAsync(page.GetByText("Only files of Markdown"), "import of a file that is none");
        await ada.PressAsync("Done");

        await page.GotoAsync($"/w/{room.Workspace}/trash");
        await ShowsAsync(page.GetByText("The trash is empty"), "empty trash");
        await room.Grace.DeleteAsync($"/api/content/{last}");
        await ada.SeesAsync("About the weather");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before content goes for good");
        await ada.PressAsync("Delete for good");
        await ada.SeesAsync("The trash is empty");

        await FailingAsync($"/w/{room.Workspace}/content", "**/api/workspaces/*/content?**", "The content could not be loaded");
    }

    /// <summary>One item, and what is beside it.</summary>
    public async Task OneAsync()
    {
        var room = await OpenAsync();
        var ada = room.Ada;
        var item = await room.WriteAsync("Spring launch", "We begin on **Tuesday**.");
        await room.ChangeAsync(item, new { body = "We begin on **Wednesday**.", status = "in_review", variants = new[] { new { platform = "bluesky", text = new string('x', 310) } } });
        await room.OpenItemAsync(item);
        await ShowsAsync(page.GetByRole(AriaRole.Button, new() { Name = "Approve…" }), "content in review");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Bluesky") }).ClickAsync();
        await ShowsAsync(page.GetByText("310 of 300, 10 too many"), "text for a platform that is too long");
        await ada.PressAsync("Approve…");
        await ShowsAsync(page.GetByRole(AriaRole.Region, new() { Name = "What is approved" }), "question before something is approved");
        await ada.PressAsync("Approve");
        await ada.SeesAsync("by Ada Lovelace");
        await page.Locator("body").PressAsync("Control+.");
        await ShowsAsync(page.GetByRole(AriaRole.Combobox, new() { Name = "Labels" }), "details of content");
        await page.GetByRole(AriaRole.Tab, new() { Name = "History" }).ClickAsync();
        await ShowsAsync(page.GetByText("Created it"), "history of content");
        await page.GetByRole(AriaRole.List, new() { Name = "History" }).GetByRole(AriaRole.Button).Last.ClickAsync();
        await ShowsAsync(page.Locator(".cm-editor"), "what a step of the history changed");
        await page.Keyboard.PressAsync("Escape");
        await ada.PressAsync("Who wrote this");
        await ShowsAsync(page.GetByRole(AriaRole.List, new() { Name = "Authors" }), "who wrote content");
        await page.Keyboard.PressAsync("Escape");
        await CommentsAsync(room, item);
        await room.ChangeAsync(item, new { title = "Summer launch" });
        await ShowsAsync(page.GetByText("voided the approval"), "approval that was voided");
        await page.GotoAsync($"/w/{room.Workspace}/c/{Guid.CreateVersion7()}");
        await ShowsAsync(page.GetByText("This is not here"), "content of others");
    }

    private async Task CommentsAsync(Newsroom room, Guid item)
    {
        await room.Ada.PressAsync("Everywhere");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Comments" }).ClickAsync();
        await ShowsAsync(page.GetByText("No open comments"), "no comments on content");
        await room.CommentAsync(item, "We begin on", "Do we?");
        await room.CommentAsync(item, "Wednesday", "The first one after the holidays, or the second? They are a week apart, and the printer wants to know today.");
        await ShowsAsync(page.GetByText("The first one after"), "comments on content");
        await page.Locator(".cm-comment").Last.ClickAsync();
        await ShowsAsync(room.Ada.Messages, "comment on content");
        await room.Ada.PressAsync("Delete comment");
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "question before a comment goes");
        await page.Keyboard.PressAsync("Escape");
        await room.Ada.PressAsync("Resolve");
        await ShowsAsync(page.GetByText("Resolved by"), "resolved comment");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("ControlOrMeta+a");
        await page.Keyboard.PressAsync("ControlOrMeta+Alt+m");
        await ShowsAsync(page.GetByRole(AriaRole.Form, new() { Name = "New comment" }), "comment on content that is begun");
        await room.Ada.PressAsync("Cancel");
        await room.Ada.PressAsync("All comments");
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

    private async Task<Newsroom> OpenAsync()
    {
        page = await open();
        page.SetDefaultTimeout(30_000);
        return await Newsroom.OpenAsync(server, page);
    }

    private Task ShowsAsync(ILocator shown, string screen) => check(page, shown.Filter(new() { Visible = true }), screen);
}
