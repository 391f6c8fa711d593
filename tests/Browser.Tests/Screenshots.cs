using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Renexus.Browser.Tests.Accounts;
using Renexus.Browser.Tests.Content;
using Renexus.Browser.Tests.Shell;
using Renexus.Browser.Tests.Threads;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>
/// Pictures of every screen and state, light and dark, wide and narrow, for people to look at. Run by tools/screenshots, not with the tests:
/// what is good to look at cannot be asserted.
/// </summary>
public sealed class Screenshots(Chromium chromium, ServerBehindNetwork threads, ServerByName accounts)
    : IClassFixture<ServerBehindNetwork>, IClassFixture<ServerByName>
{
    private EveryPart Parts => new(OpenThreadsAsync, (page, shown, screen) => TakeAsync("shell", page, shown, screen));

    private EveryThreadState Threads => new(threads, OpenThreadsAsync, (page, shown, screen) => TakeAsync("threads", page, shown, screen));

    private EveryContentState Content => new(threads, OpenThreadsAsync, (page, shown, screen) => TakeAsync("content", page, shown, screen));

    private EveryScreen Accounts =>
        new(accounts, () => chromium.OpenAsync(accounts.PublicAddress), (page, shown, screen) => TakeAsync("accounts", page, shown, screen));

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_the_components() => Parts.ComponentsAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_the_shell() => Parts.ShellAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_a_thread_from_its_first_day_on() => Threads.FirstDayAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_a_thread_in_trouble() => Threads.TroubleAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_all_the_content() => Content.AllOfItAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_a_content_item() => Content.OneAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_the_entrance() => Accounts.EntranceAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_an_account() => Accounts.AccountAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_a_workspace() => Accounts.WorkspaceAsync();

    [OnRequest("RENEXUS_SCREENSHOTS")]
    public Task Of_what_is_wrong() => Accounts.TroubleAsync();

    /// <summary>What the README shows: a team in the middle of its work.</summary>
    [OnRequest("RENEXUS_SCREENSHOTS")]
    public async Task Of_a_team_at_work()
    {
        var page = await OpenThreadsAsync();
        var grace = await threads.SignedInAs("grace");
        await grace.PatchAsync("/api/me", new { name = "Grace Hopper" });
        var workspace = await TestServer.CreateWorkspace(grace, "Analytical Engines");
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await grace.PostAsync($"/api/workspaces/{workspace}/members", new { email = ada.Email, role = "admin" });
        var kate = await threads.SignedInAs("kate");
        await kate.PatchAsync("/api/me", new { name = "Katherine Johnson" });
        await grace.PostAsync($"/api/workspaces/{workspace}/members", new { email = kate.Email, role = "editor" });
        foreach (var title in new[] { "Press questions", "Newsletter 12", "Website copy" })
            await kate.PostAsync($"/api/threads/{await TestServer.CreateThread(grace, workspace, title)}/messages", new { body = "Two drafts to look at." });

        var launch = await TestServer.CreateThread(grace, workspace, "Spring launch");
        await page.GotoAsync($"/w/{workspace}/t/{launch}");
        await ada.SeesAsync("Nothing said yet");
        await grace.PostAsync($"/api/threads/{launch}/messages", new { body = "Good morning! The **announcement** is ready for a last look. What is left:\n\n1. the picture's description\n2. the link to the [sign-up page](https://example.com/spring)" });
        await ada.SeesAsync("a last look");
        await ada.SayAsync("I have read it twice now. One thing: the second paragraph promises a date that we have not agreed on.");
        await ada.SayAsync("Could it say _this spring_ instead?");
        await ada.SeesAsync("this spring");
        var answered = await kate.PostAsync($"/api/threads/{launch}/messages", new { body = "The numbers check out. 12 400 subscribers, of whom 3 100 opened the last two." });
        await ada.SeesAsync("The numbers check out.");
        await grace.PostAsync($"/api/threads/{launch}/messages", new { body = "Thank you! Then the headline can say so:\n\n> Three thousand readers, and counting", replyTo = answered.GetProperty("id").GetGuid() });
        await ada.SeesAsync("and counting");
        await ada.SayAsync("Done. It goes out at noon.");
        await TakeAsync("readme", page, page.GetByText("It goes out at noon."), "thread");
    }

    /// <summary>What the README shows of content: an item in the making, and the board that it is on.</summary>
    [OnRequest("RENEXUS_SCREENSHOTS")]
    public async Task Of_content_in_the_making()
    {
        var page = await OpenThreadsAsync();
        var room = await Newsroom.OpenAsync(threads, page);
        await room.Grace.PatchAsync("/api/me", new { name = "Grace Hopper" });
        var kate = await Person.SignUpAsync(await OpenThreadsAsync(), "Katherine Johnson");
        await room.Grace.PostAsync($"/api/workspaces/{room.Workspace}/members", new { email = kate.Email, role = "editor" });
        foreach (var (title, status) in new[] { ("Press questions", "draft"), ("Website copy", "draft"), ("Newsletter 12", "in_review"), ("Thank you, three thousand", "approved") })
        {
            var other = await room.WriteAsync(title, "Two drafts to look at.", kind: status is "draft" ? "article" : "post");
            if (status is "draft")
                continue;
            var asked = await room.ChangeAsync(other, new { status = "in_review" });
            if (status is "approved")
                await room.ChangeAsync(other, new { status, hash = asked.GetProperty("hash").GetString() });
        }

        var picture = await DrawAsync(page);
        var file = await UploadAsync(room, "spring-hills.png", picture);
        var launch = await room.WriteAsync("Spring launch", $"## Why now\n\nThree thousand readers open every letter. **This spring** they get more than letters.\n\n![Hills in spring](/api/files/{file}/content)\n\n- [x] Numbers, from Katherine\n- [ ] The last paragraph");
        await room.ChangeAsync(launch, new { media = new[] { new { fileId = file, alt = "Green hills under a low sun" } }, status = "in_review" });
        await room.OpenItemAsync(launch);
        await kate.Page.GotoAsync(page.Url);
        await kate.Page.GetByText("The last paragraph").ClickAsync();
        await kate.Page.Keyboard.PressAsync("End");
        await kate.Page.Keyboard.TypeAsync(" is mine");
        await room.Ada.SeesAsync("is mine");
        await Pictures.SeenAsync(page.GetByRole(AriaRole.Img, new() { Name = "Hills in spring" }));
        await TakeAsync("readme", page, page.Locator(".cm-peer-name"), "item");
        await room.ShowAsync("?view=board");
        await TakeAsync("readme", page, room.Card("Newsletter 12", "In review"), "board");
    }

    /// <summary>Something to look at that needs no picture of anybody's.</summary>
    private static async Task<byte[]> DrawAsync(IPage page) => Convert.FromBase64String(await page.EvaluateAsync<string>("""
        () => {
            const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 420 })
            const pen = canvas.getContext('2d')
            const sky = pen.createLinearGradient(0, 0, 0, 420)
            sky.addColorStop(0, '#9cc7e8')
            sky.addColorStop(1, '#fbe6c4')
            pen.fillStyle = sky
            pen.fillRect(0, 0, 1200, 420)
            pen.fillStyle = '#fff4d6'
            pen.beginPath()
            pen.arc(930, 170, 52, 0, 7)
            pen.fill()
            for (const [colour, base, height, length, start] of [['#7fb08a', 250, 46, 260, 1], ['#4f8f63', 310, 52, 330, 3], ['#2f6b48', 370, 40, 210, 5]]) {
                pen.fillStyle = colour
                pen.beginPath()
                pen.moveTo(0, 420)
                for (let x = 0; x <= 1200; x += 4) pen.lineTo(x, base + Math.sin(x / length + start) * height)
                pen.lineTo(1200, 420)
                pen.fill()
            }
            return canvas.toDataURL('image/png').split(',')[1]
        }
        """));

    private static async Task<Guid> UploadAsync(Newsroom room, string name, byte[] bytes)
    {
        using var part = new ByteArrayContent(bytes) { Headers = { ContentType = new("image/png") } };
        using var form = new MultipartFormDataContent { { part, "file", name } };
        using var answer = await room.Grace.Client.PostAsync($"/api/workspaces/{room.Workspace}/files", form, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id").GetGuid();
    }

    private static async Task TakeAsync(string area, IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Look.PictureAsync(page, area, screen);
    }

    private Task<IPage> OpenThreadsAsync()
    {
        threads.Mend();
        return chromium.OpenAsync(threads.PublicAddress);
    }
}
