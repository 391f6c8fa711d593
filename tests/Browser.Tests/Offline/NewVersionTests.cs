using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>The server has a new build of the app while somebody works with the one before: it is offered, and taken when its person wants it.</summary>
[Trait("spec", "UI-4")]
public sealed partial class NewVersionTests(Chromium chromium, NewVersionTests.UpgradedServer server) : IClassFixture<NewVersionTests.UpgradedServer>
{
    [Fact]
    public async Task A_new_version_is_offered_and_taken_by_choice_and_nothing_written_is_lost()
    {
        server.IsUpgraded = false;
        var page = await chromium.OpenAsync(server.Address, worker: true);
        var ada = await Workspace.EnterAsync(page, "Launch");
        await ada.OpenThreadAsync("Launch");
        await ada.SayAsync("said before");
        await ada.ReadsAsync("said before");
        await IsOnDeviceAsync(page);
        // One change waits, and something is half written.
        await page.Context.RouteAsync("**/api/sync", route => route.FulfillAsync(new() { Status = 503 }));
        await ada.Messages.First.HoverAsync();
        await ada.PressAsync("Edit");
        await page.GetByLabel("Edit message").FillAsync("said before, changed");
        await page.Keyboard.PressAsync("Enter");
        await ada.ReadsAsync("said before, changed");
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("half written");

        server.IsUpgraded = true;
        await page.EvaluateAsync("async () => { window.isTheSame = true; await (await navigator.serviceWorker.getRegistration()).update() }");
        await ada.SeesAsync("A new version of Renexus is here.");
        await Look.CheckEveryAsync(page, page.GetByText("A new version of Renexus is here."), "a new version");
        Assert.True(await page.EvaluateAsync<bool>("() => window.isTheSame === true"), "The page was reloaded before its person wanted that.");

        await ada.PressAsync("Reload");
        await Eventually.TrueAsync("the new version is here", TimeSpan.FromSeconds(60), async () =>
        {
            try
            {
                return await page.EvaluateAsync<bool>(
                    "async () => window.isTheSame === undefined && (await caches.keys()).join() === 'renexus.app.0123456789abcdef'");
            }
            catch (PlaywrightException)
            {
                // Between two pages there is nothing to ask.
                return false;
            }
        });
        await ada.ReadsAsync("said before, changed");
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToHaveValueAsync("half written");
        await page.Context.UnrouteAsync("**/api/sync");
        await Eventually.TrueAsync("what waited has arrived", TimeSpan.FromSeconds(60), async () => await server.CountMessagesAsync("said before, changed") == 1);
    }

    [Fact]
    public async Task An_update_of_the_server_is_noticed_in_every_tab_and_each_is_reloaded_by_its_own_person()
    {
        server.IsUpgraded = false;
        var page = await chromium.OpenAsync(server.Address, worker: true);
        var ada = await Workspace.EnterAsync(page, "Launch");
        await IsOnDeviceAsync(page);
        var other = new Person(await page.Context.NewPageAsync(), ada.Name);
        await other.Page.GotoAsync(page.Url);
        await other.SeesAsync("Connected");

        server.IsUpgraded = true;
        await page.Context.SetOfflineAsync(true);
        await ada.SeesAsync("Offline");
        await page.Context.SetOfflineAsync(false);
        await ada.SeesAsync("A new version of Renexus is here.");
        await other.SeesAsync("A new version of Renexus is here.");
        await other.Page.EvaluateAsync("window.isTheSame = true");

        await ada.PressAsync("Reload");
        await Eventually.TrueAsync("the new version is in use", TimeSpan.FromSeconds(60), () => other.Page.EvaluateAsync<bool>(
            "async () => (await caches.keys()).join() === 'renexus.app.0123456789abcdef'"));
        await Assertions.Expect(page.GetByText("A new version of Renexus is here.")).ToHaveCountAsync(0);
        Assert.True(await other.Page.EvaluateAsync<bool>("window.isTheSame"), "A tab in which nobody asked for it was reloaded.");
        await other.PressAsync("Reload");
        await other.Page.WaitForFunctionAsync("() => !window.isTheSame");
    }

    private static Task IsOnDeviceAsync(IPage page) =>
        Eventually.TrueAsync("the app is on the device", TimeSpan.FromSeconds(60), () => page.EvaluateAsync<bool>(
            "async () => !!navigator.serviceWorker.controller && (await caches.keys()).length === 1"));

    /// <summary>Serves the service worker of another build from the moment it is told to.</summary>
    public sealed partial class UpgradedServer : TestServer
    {
        private volatile bool isUpgraded;

        public bool IsUpgraded
        {
            get => isUpgraded;
            set => isUpgraded = value;
        }

        protected override void Map(WebApplication server) => server.MapGet("/service-worker.js", (HttpResponse response) =>
        {
            var script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "client", "service-worker.js"));
            response.Headers.CacheControl = "no-cache";
            return Results.Text(IsUpgraded ? Version().Replace(script, "0123456789abcdef") : script, "text/javascript");
        }).AllowAnonymous();

        // The build's version is the only thing in it that looks so.
        [GeneratedRegex("(?<![0-9a-zA-Z_-])[0-9a-f]{16}(?![0-9a-zA-Z_.-])")]
        private static partial Regex Version();
    }
}
