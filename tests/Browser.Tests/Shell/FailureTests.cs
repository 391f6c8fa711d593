using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Shell;

/// <summary>What people see when something is broken or away, and that the rest goes on.</summary>
[Trait("spec", "UI-3")]
public sealed class FailureTests(Chromium chromium, ServerBehindNetwork server) : IClassFixture<ServerBehindNetwork>
{
    [Fact]
    public async Task A_screen_that_breaks_leaves_the_rest_alive()
    {
        var (page, ada) = await EnterAsync();
        // An answer that no correct server gives.
        await page.RouteAsync("**/api/workspaces/*/members?*", route =>
            route.FulfillAsync(new() { ContentType = "application/json", Body = """{"items":[{"userId":"x","name":null,"email":"x@example.com","role":"editor"}],"next":null}""" }));
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.ClickAsync();
        await Axe.CheckAsync(page, page.GetByText("Something broke on this screen"), "broken screen");

        await ada.OpenThreadAsync("Launch");
        await ada.SayAsync("Still here");
        await ada.ReadsAsync("Still here");

        await page.UnrouteAllAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.ClickAsync();
        await ada.PressAsync("Try again");
        await ada.SeesAsync(ada.Email);
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task A_lost_connection_is_said_with_what_waits_for_it()
    {
        var (page, ada) = await EnterAsync();
        await ada.OpenThreadAsync("Launch");
        await ada.SeesAsync("Connected");
        server.Cut();
        await ada.SeesAsync("The connection was lost.");
        await ada.SayAsync("Written without a network");
        await ada.SeesAsync("1 change waits on this device");
        await Axe.CheckAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Try now" }), "lost connection");

        server.Mend();
        // Without waiting for it: the client may come back by itself in this moment, and then the button is gone.
        await page.GetByRole(AriaRole.Button, new() { Name = "Try now" }).EvaluateAllAsync<object?>("buttons => buttons.forEach(button => button.click())");
        await ada.SeesAsync("Connected");
        await Assertions.Expect(page.GetByText("Waiting to be sent")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task A_restart_of_the_server_is_told_from_a_lost_connection()
    {
        var page = await chromium.OpenAsync(server.PublicAddress);
        IWebSocketRoute? socket = null;
        var isAway = false;
        await page.RouteWebSocketAsync("**/ws", route =>
        {
            if (isAway)
            {
                _ = route.CloseAsync(new() { Code = 1001 });
                return;
            }
            socket = route;
            route.ConnectToServer();
        });
        var ada = await Workspace.EnterAsync(page, "Launch");
        await ada.SeesAsync("Connected");

        isAway = true;
        await socket!.CloseAsync(new() { Code = 4000, Reason = "the server is going away" });
        await Axe.CheckAsync(page, page.GetByText("The server is restarting"), "restart");
        await ada.SeesAsync(page.GetByText("Restarting", new() { Exact = true }).Filter(new() { Visible = true }));
        isAway = false;
        await ada.SeesAsync(page.GetByText("Connected", new() { Exact = true }).Filter(new() { Visible = true }));
        await Assertions.Expect(page.GetByText("The server is restarting")).ToHaveCountAsync(0);
    }

    private async Task<(IPage Page, Person Ada)> EnterAsync()
    {
        server.Mend();
        var page = await chromium.OpenAsync(server.PublicAddress);
        return (page, await Workspace.EnterAsync(page, "Launch"));
    }
}
