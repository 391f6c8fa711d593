using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>The app without a network: it opens, reads and writes, and what is written arrives once.</summary>
[Trait("spec", "SY-5")]
[Trait("spec", "UI-4")]
public sealed class OfflineTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_is_written_offline_survives_the_closing_of_the_tab_and_is_sent_once()
    {
        var (ada, context) = await ReadyAsync("Tunnel", "before the tunnel");
        var thread = ada.Page.Url;
        await context.SetOfflineAsync(true);
        await ada.SayAsync("in the tunnel");
        await ada.SeesAsync(ada.Page.GetByText("Waiting to be sent"));
        await ada.Page.CloseAsync();

        // No server and no network: the app opens as it was left.
        var again = new Person(await context.NewPageAsync(), ada.Name);
        await again.Page.GotoAsync(thread);
        await again.ReadsAsync("before the tunnel", "in the tunnel");
        await again.SeesAsync(again.Page.GetByRole(AriaRole.Button, new() { Name = "1 change waits on this device" }));
        await Look.CheckEveryAsync(again.Page, again.Page.GetByText("1 change waits on this device"), "a thread without a network");
        await again.Page.CloseAsync();

        var online = new Person(await context.NewPageAsync(), ada.Name);
        await context.SetOfflineAsync(false);
        await online.Page.GotoAsync(thread);
        await online.ReadsAsync("before the tunnel", "in the tunnel");
        await online.SeesAsync("Connected");
        await Assertions.Expect(online.Page.GetByText("Waiting to be sent")).ToHaveCountAsync(0);
        Assert.Equal(1, await server.CountMessagesAsync("in the tunnel"));
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task OB7_signing_out_asks_about_what_is_not_sent_and_leaves_nothing_behind()
    {
        var (ada, context) = await ReadyAsync("Goodbye", "kept to be read offline");
        await context.RouteAsync("**/api/sync", route => route.FulfillAsync(new() { Status = 503 }));
        await ada.Messages.First.HoverAsync();
        await ada.PressAsync("Edit");
        await ada.Page.GetByLabel("Edit message").FillAsync("never sent");
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync("1 change waits on this device");

        await ada.PressAsync("Account of Ada Lovelace");
        await ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await ada.SeesAsync("Sign out and lose a change?");
        await ada.PressAsync("Sign out and discard");
        await ada.SeesAsync("Good to see you again.");
        await Eventually.TrueAsync("nothing is kept", TimeSpan.FromSeconds(30), async () => await KeptAsync(ada.Page) == "{} {} [] []");
    }

    /// <summary>Somebody in a thread, and the app and the thread are on the device.</summary>
    private async Task<(Person Ada, IBrowserContext Context)> ReadyAsync(string title, string text)
    {
        var page = await chromium.OpenAsync(server.Address, worker: true);
        var ada = await Workspace.EnterAsync(page, title);
        await ada.OpenThreadAsync(title);
        await ada.SayAsync(text);
        await ada.ReadsAsync(text);
        await OnDevice.AppAsync(page);
        await OnDevice.AnswerAsync(page, text);
        return (ada, page.Context);
    }

    private static Task<string> KeptAsync(IPage page) => page.EvaluateAsync<string>("""
        async () => `${JSON.stringify({ ...localStorage })} ${JSON.stringify({ ...sessionStorage })} ${JSON.stringify((await indexedDB.databases()).map(({ name }) => name))} ${JSON.stringify(await caches.keys())}`
        """);
}
