using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>The sign-in of a browser: its tabs share it, and when it ends nothing of it stays.</summary>
public sealed class SessionTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    [Trait("spec", "AU-3")]
    public async Task Tabs_that_need_a_token_at_the_same_time_renew_it_once()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        var browser = ada.Page.Context;
        IPage[] tabs = [ada.Page, await browser.NewPageAsync(), await browser.NewPageAsync()];
        foreach (var tab in tabs)
            await tab.GotoAsync("/");

        var renewals = 0;
        var mayAnswer = new TaskCompletionSource();
        await browser.RouteAsync("**/api/auth/refresh", async route =>
        {
            Interlocked.Increment(ref renewals);
            await mayAnswer.Task;
            await route.ContinueAsync();
        });
        await Task.WhenAll(tabs.Select(tab => tab.ReloadAsync(new() { WaitUntil = WaitUntilState.Commit })));
        await Eventually.TrueAsync("every tab waits for its turn", TimeSpan.FromSeconds(30), async () => await tabs[0].EvaluateAsync<int>(
            "async () => { const { held, pending } = await navigator.locks.query(); return [...held, ...pending].filter(({ name }) => name === 'renexus.session').length }") == tabs.Length);
        Assert.Equal(1, renewals);

        mayAnswer.SetResult();
        foreach (var tab in tabs)
            await new Person(tab, ada.Name).SeesAsync("Connected");
        Assert.Equal(1, renewals);
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task Signing_out_leaves_nothing_of_the_person_in_the_browser()
    {
        var page = await chromium.OpenAsync(server.Address);
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.StartThreadAsync("Launch");
        await ada.SayAsync("Good morning!");
        await ada.ReadsAsync("Good morning!");
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("A secret that is not sent");
        await Eventually.TrueAsync("the draft is kept", TimeSpan.FromSeconds(30), async () => (await KeptAsync(page)).Contains("A secret that is not sent", StringComparison.Ordinal));

        await ada.PressAsync("Account of Ada Lovelace");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await ada.SeesAsync("Good to see you again.");
        await Eventually.TrueAsync("nothing is kept", TimeSpan.FromSeconds(30), async () => await KeptAsync(page) == "{} {} []");

        await page.GoBackAsync();
        await ada.SeesAsync("Good to see you again.");
    }

    private static Task<string> KeptAsync(IPage page) => page.EvaluateAsync<string>("""
        async () => `${JSON.stringify({ ...localStorage })} ${JSON.stringify({ ...sessionStorage })} ${JSON.stringify((await indexedDB.databases()).map(({ name }) => name))}`
        """);
}
