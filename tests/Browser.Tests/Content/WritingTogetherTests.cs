using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Renexus.Browser.Tests.Offline;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>One text with several people in it: live, without a network, and to be read only.</summary>
[Trait("spec", "CO-2")]
[Trait("spec", "CO-3")]
public sealed partial class WritingTogetherTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Two_people_write_at_once_see_each_other_and_undo_only_what_is_their_own()
    {
        var (room, item) = await BeginAsync("Ada begins here.\n\nBob begins here.");
        var bob = await JoinAsync(room, "Bob Babbage", "editor");
        await room.OpenItemAsync(item);
        await bob.Page.GotoAsync(room.Ada.Page.Url);
        await GoToEndOfAsync(room.Ada.Page, "Ada begins here.");
        await GoToEndOfAsync(bob.Page, "Bob begins here.");

        await Task.WhenAll(
            room.Ada.Page.Keyboard.TypeAsync(" And goes on, with an engine.", new() { Delay = 20 }),
            bob.Page.Keyboard.TypeAsync(" And goes on, with a difference.", new() { Delay = 20 }));
        foreach (var page in new[] { room.Ada.Page, bob.Page })
        {
            await ShowsAsync(page, "Ada begins here. And goes on, with an engine.\n\nBob begins here. And goes on, with a difference.");
            await SavedAsync(page);
        }
        await Assertions.Expect(room.Ada.Page.Locator(".cm-peer-name")).ToHaveTextAsync("Bob Babbage");
        await Assertions.Expect(bob.Page.Locator(".cm-peer-name")).ToHaveTextAsync("Ada Lovelace");
        await Look.CheckEveryAsync(room.Ada.Page, Text(room.Ada.Page), "a text with somebody else in it");

        // Each takes back what was typed without a pause, which is a sign at least.
        await Text(room.Ada.Page).FocusAsync();
        for (var i = 0; i < 30; i++)
            await room.Ada.Page.Keyboard.PressAsync("ControlOrMeta+z");
        foreach (var page in new[] { room.Ada.Page, bob.Page })
        {
            await ShowsAsync(page, "Ada begins here.\n\nBob begins here. And goes on, with a difference.");
        }
        await SavedAsync(room.Ada.Page);
        Assert.Equal("Ada begins here.\n\nBob begins here. And goes on, with a difference.", await BodyAsync(room, item));
    }

    [Fact]
    [Trait("spec", "SY-5")]
    public async Task What_is_written_offline_in_the_same_paragraph_is_there_with_what_others_wrote_after_the_tab_was_closed()
    {
        var (room, item) = await BeginAsync("A paragraph that both go on with.", worker: true);
        var page = room.Ada.Page;
        await room.OpenItemAsync(item);
        await GoToEndOfAsync(page, "A paragraph that both go on with.");
        await OnDevice.AppAsync(page);
        await OnDevice.AnswerAsync(page, "Together");

        await page.Context.SetOfflineAsync(true);
        await page.Keyboard.TypeAsync(" Ada wrote this in the tunnel.");
        await room.Ada.SeesAsync("waiting on this device");
        await room.ChangeAsync(item, new { body = "A paragraph, short by now, that both go on with. Grace wrote this at the desk." });
        await page.CloseAsync();

        var again = new Person(await page.Context.NewPageAsync(), room.Ada.Name);
        await again.Page.GotoAsync($"/w/{room.Workspace}/c/{item}");
        await Assertions.Expect(Text(again.Page)).ToContainTextAsync("A paragraph that both go on with. Ada wrote this in the tunnel.");
        await GoToEndOfAsync(again.Page, "A paragraph that both go on with.");
        await again.Page.Keyboard.TypeAsync(" And this after she had slept.");
        await again.SeesAsync("waiting on this device");

        await again.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(Text(again.Page)).ToContainTextAsync("Grace wrote this at the desk.");
        await SavedAsync(again.Page);
        var body = await BodyAsync(room, item);
        Assert.StartsWith("A paragraph, short by now, that both go on with.", body, StringComparison.Ordinal);
        foreach (var text in new[] { "Grace wrote this at the desk.", "Ada wrote this in the tunnel.", "And this after she had slept." })
            Assert.Single(body.Split(text)[1..]);
        Assert.Equal(body, await Text(again.Page).InnerTextAsync());
    }

    [Fact]
    public async Task Who_may_only_read_sees_it_live_and_cannot_type()
    {
        var (room, item) = await BeginAsync("To be read.");
        var viewer = await JoinAsync(room, "Vera Viewer", "viewer");
        await viewer.Page.GotoAsync($"/w/{room.Workspace}/c/{item}");
        await viewer.SeesAsync("View only");
        await Assertions.Expect(Text(viewer.Page)).ToHaveAttributeAsync("aria-readonly", "true");
        await Text(viewer.Page).FocusAsync();
        await viewer.Page.Keyboard.TypeAsync("nothing of this");

        await room.CommentAsync(item, "read", "By whom?");
        await viewer.Page.Locator(".cm-comment").ClickAsync();
        await viewer.ReadsAsync("By whom?");
        await Assertions.Expect(viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(viewer.Page.GetByLabel("Message", new() { Exact = true })).ToHaveCountAsync(0);

        await room.ChangeAsync(item, new { body = "To be read, and changed." });
        await Assertions.Expect(Text(viewer.Page)).ToHaveTextAsync("To be read, and changed.");
        await Assertions.Expect(viewer.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Text" })).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("spec", "UI-3")]
    public async Task A_text_is_written_by_keys_and_from_the_menu()
    {
        var (room, item) = await BeginAsync("");
        var page = room.Ada.Page;
        await room.OpenItemAsync(item);
        await Text(page).FocusAsync();
        await Assertions.Expect(Text(page)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("/heading 2");
        await room.Ada.SeesAsync(page.GetByRole(AriaRole.Option, new() { Name = "Heading 2" }));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("The plan");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("ControlOrMeta+Shift+Digit9");
        await page.Keyboard.TypeAsync("Write it");
        await page.Keyboard.PressAsync("ControlOrMeta+Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("ControlOrMeta+b");
        await page.Keyboard.TypeAsync("soon");
        // In a list Tab indents, but after Escape it leaves, however quickly or slowly it follows.
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(Text(page)).Not.ToBeFocusedAsync();
        await SavedAsync(page);
        Assert.Equal("## The plan\n- [x] Write it\n  - [ ] **soon**", await BodyAsync(room, item));
    }

    [Fact]
    [Trait("spec", "FI-4")]
    public async Task Pictures_are_put_where_they_were_brought_while_others_write_and_nothing_is_loaded_from_elsewhere()
    {
        var (room, item) = await BeginAsync("Above.\n\nBelow ![the weather](https://elsewhere.example/sky.png).");
        var page = room.Ada.Page;
        await room.OpenItemAsync(item);
        await GoToEndOfAsync(page, "Above.");
        var release = new TaskCompletionSource();
        await page.RouteAsync("**/api/files/*/complete", async route =>
        {
            await release.Task;
            await route.ContinueAsync();
        });
        await PasteAsync(page, "plan.png", "tree.png", "drawing.svg");
        await room.Ada.SeesAsync("drawing.svg was not put in. A text shows pictures in PNG");
        await room.Ada.SeesAsync("plan.png is being checked");
        await room.ChangeAsync(item, new { body = "Grace says this first.\n\nAbove.\n\nBelow ![the weather](https://elsewhere.example/sky.png)." });
        await Assertions.Expect(Text(page)).ToContainTextAsync("Grace says this first.");
        release.SetResult();
        await Pictures.SeenAsync(Text(page).GetByRole(AriaRole.Img, new() { Name = "plan" }));
        await Pictures.SeenAsync(Text(page).GetByRole(AriaRole.Img, new() { Name = "tree" }));
        await Assertions.Expect(page.Locator(".cm-upload")).ToHaveCountAsync(0);

        // From the menu, one that is here already; what it shows is selected, to be said better.
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("/picture");
        await room.Ada.SeesAsync(page.GetByRole(AriaRole.Option, new() { Name = "Picture" }));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Choose plan.png" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(Text(page)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("the plan again");
        await SavedAsync(page);
        Assert.Equal(
            "Grace says this first.\n\nAbove.\n\n![plan](/f)\n\n![tree](/f)\n\nBelow ![the weather](https://elsewhere.example/sky.png).\n![the plan again](/f)",
            FileAddress().Replace(await BodyAsync(room, item), "/f"));
        await Look.CheckEveryAsync(page, Text(page).GetByRole(AriaRole.Img, new() { Name = "tree" }), "a text with pictures");
    }

    private static async Task PasteAsync(IPage page, params string[] names) => await Text(page).EvaluateAsync("""
        (content, [names, picture]) => {
            const bytes = Uint8Array.from(atob(picture), sign => sign.charCodeAt(0))
            const clipboardData = new DataTransfer()
            for (const name of names)
                clipboardData.items.add(new File([bytes], name, { type: name.endsWith('.svg') ? 'image/svg+xml' : 'image/png' }))
            content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
        }
        """, new object[] { names, Convert.ToBase64String(Pictures.Green) });

    [GeneratedRegex("/api/files/[0-9a-f-]{36}/content")]
    private static partial Regex FileAddress();

    private async Task<(Newsroom Room, Guid Item)> BeginAsync(string body, bool worker = false)
    {
        var room = await Newsroom.OpenAsync(server, await chromium.OpenAsync(server.Address, worker: worker));
        return (room, await room.WriteAsync("Together", body));
    }

    private async Task<Person> JoinAsync(Newsroom room, string name, string role)
    {
        var person = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), name);
        await room.Grace.PostAsync($"/api/workspaces/{room.Workspace}/members", new { email = person.Email, role });
        return person;
    }

    private static ILocator Text(IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true });

    private static async Task GoToEndOfAsync(IPage page, string line)
    {
        await Text(page).GetByText(line).ClickAsync();
        await Assertions.Expect(Text(page)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("End");
    }

    /// <summary>The lines as they are written; the names of others stand in the page, but not in the text.</summary>
    private static Task ShowsAsync(IPage page, string text) => Eventually.TrueAsync($"“{text}” is on the page", TimeSpan.FromSeconds(60), () => Text(page).EvaluateAsync<bool>("""
        (content, text) => {
            const copy = content.cloneNode(true)
            for (const peer of copy.querySelectorAll('.cm-peer')) peer.remove()
            return [...copy.querySelectorAll('.cm-line')].map(line => line.textContent).join('\n') === text
        }
        """, text));

    private static Task SavedAsync(IPage page) => Assertions.Expect(page.Locator("[data-save-state]")).ToHaveTextAsync("Saved");

    private static async Task<string> BodyAsync(Newsroom room, Guid item) => (await room.ReadAsync(item)).GetProperty("body").GetString()!;
}
