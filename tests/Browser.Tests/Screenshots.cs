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
