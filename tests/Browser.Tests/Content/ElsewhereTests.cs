using System.Text;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>Content outside its own pages: as files, and named in messages.</summary>
public sealed class ElsewhereTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    [Trait("spec", "CO-1")]
    [Trait("spec", "TH-3")]
    public async Task An_item_leaves_as_a_file_comes_in_again_and_is_named_in_messages()
    {
        var page = await chromium.OpenAsync(server.Address);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, item) = (room.Ada, await room.WriteAsync("Spring launch", "We begin on **Tuesday**."));
        await room.OpenItemAsync(item);
        await ada.PressAsync("Content actions");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Menuitem, new() { Name = "Export as Markdown" }).ClickAsync());
        Assert.Equal("Spring launch.md", download.SuggestedFilename);
        var exported = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains("We begin on **Tuesday**.", exported, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the content" }).ClickAsync();
        await ada.PressAsync("More about the content");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Import Markdown…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).Locator("input[type=file]").SetInputFilesAsync([
            MarkdownFile("again.md", exported.Replace("Spring launch", "Spring launch again", StringComparison.Ordinal)),
            MarkdownFile("Read me.markdown", "Only a text."),
            MarkdownFile("budget.xlsx", "cells"),
            new FilePayload { Name = "odd.md", MimeType = "text/markdown", Buffer = [0xff, 0xfe, 0x00, 0x41] },
        ]);
        var files = page.GetByRole(AriaRole.List, new() { Name = "Files" }).GetByRole(AriaRole.Listitem);
        await ada.SeesAsync(files.Filter(new() { HasText = "budget.xlsx" }).GetByText("Only files of Markdown"));
        await ada.SeesAsync(files.Filter(new() { HasText = "odd.md" }).GetByText("not text in UTF-8"));
        await ada.SeesAsync(files.GetByRole(AriaRole.Link, new() { Name = "Read me" }));
        await files.GetByRole(AriaRole.Link, new() { Name = "Spring launch again" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" })).ToHaveValueAsync("Spring launch again");
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true })).ToContainTextAsync("We begin on");

        // What one may not see is an address like any other.
        var thread = await TestServer.CreateThread(room.Grace, room.Workspace, "Launch");
        var elsewhere = await TestServer.CreateWorkspace(room.Grace, "Elsewhere");
        var secret = (await room.Grace.PostAsync($"/api/workspaces/{elsewhere}/content", new { kind = "post", title = "Secret" })).GetProperty("id").GetGuid();
        await room.Grace.PostAsync($"/api/threads/{thread}/messages", new { body = $"See {server.Address.GetLeftPart(UriPartial.Authority)}/w/{elsewhere}/c/{secret}" });
        await room.Grace.PostAsync($"/api/threads/{thread}/messages", new { body = $"And {server.Address.GetLeftPart(UriPartial.Authority)}/w/{room.Workspace}/c/{item}" });
        await page.GetByRole(AriaRole.Link, new() { Name = "Launch", Exact = true }).ClickAsync();
        await ada.SeesAsync(ada.Messages.Last.GetByRole(AriaRole.Link, new() { Name = "Post: Spring launch" }));
        await ada.SeesAsync(ada.Messages.First.GetByRole(AriaRole.Link, new() { Name = $"/c/{secret}" }));
        await room.ChangeAsync(item, new { title = "Summer launch" });
        await ada.SeesAsync(ada.Messages.Last.GetByRole(AriaRole.Link, new() { Name = "Post: Summer launch" }));

        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("Better:");
        await ada.PressAsync("Link to content…");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Content" }).FillAsync("again");
        await page.GetByRole(AriaRole.Option, new() { Name = "Spring launch again" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await ada.Messages.Nth(2).GetByRole(AriaRole.Link, new() { Name = "Post: Spring launch again" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" })).ToHaveValueAsync("Spring launch again");
    }

    private static FilePayload MarkdownFile(string name, string text) => new() { Name = name, MimeType = "text/markdown", Buffer = Encoding.UTF8.GetBytes(text) };
}
