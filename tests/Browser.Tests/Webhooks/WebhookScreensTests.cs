using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Webhooks;

/// <summary>Webhooks in front of an admin, by keyboard alone.</summary>
[Trait("spec", "WH-2")]
public sealed class WebhookScreensTests(Chromium chromium, WebhookServer server) : IClassFixture<WebhookServer>
{
    [Fact]
    public async Task An_admin_makes_a_webhook_sees_what_it_was_sent_and_sends_it_again()
    {
        var person = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Grace Hopper");
        var (page, grace) = (person.Page, AtKeyboard.Of(person.Page));
        await person.CreateWorkspaceAsync("Analytical Engines");
        await page.GotoAsync($"{new Uri(page.Url).AbsolutePath.TrimEnd('/')}/members");

        // An address, what it is told, and its secret.
        await grace.FollowAsync("Webhooks");
        await grace.SeesAsync("No webhooks yet");
        await grace.PressAsync("New webhook");
        await grace.PressAsync("Create webhook");
        await Look.CheckEveryAsync(page, page.GetByText("Choose at least one kind of event."), "new webhook with errors");
        await grace.FillAsync("Address", "ftp://example.com");
        await TickAsync(grace, page, "message.created");
        await grace.PressAsync("Create webhook");
        await grace.SeesAsync("It must be an address on the public Internet");
        await grace.FillAsync("Address", server.Hook);
        await grace.PressAsync("Create webhook");
        await Look.CheckEveryAsync(page, page.GetByText("Copy it now"), "its secret");
        await grace.PressAsync("I have kept it");
        await grace.SeesAsync("Nothing sent yet");

        // A test event that arrives, and one that does not.
        await grace.FollowAsync(server.Hook);
        await grace.SeesAsync("Nothing has been sent yet");
        await grace.PressAsync("Send test event");
        var deliveries = page.GetByRole(AriaRole.Region, new() { Name = "Deliveries", Exact = true });
        await grace.SeesAsync(deliveries.GetByRole(AriaRole.Row).GetByText("Delivered"));
        server.Status = "503 Not now";
        await grace.PressAsync("Send test event");
        await Look.CheckEveryAsync(page, deliveries.GetByText("Tried again later"), "a webhook with deliveries");

        // What came of it, and once more.
        var first = deliveries.GetByRole(AriaRole.Button, new() { Name = "webhook.test" }).First;
        await grace.ReachAsync(first);
        await page.Keyboard.PressAsync("Enter");
        var details = page.GetByRole(AriaRole.Dialog);
        await Look.CheckEveryAsync(page, details.GetByText("Answer 503").First, "a delivery that failed");
        server.Status = "200 OK";
        await grace.PressAsync("Try now");
        await grace.SeesAsync(details.GetByText("Answer 200"));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(details).ToHaveCountAsync(0);
        await grace.PressAsync("Send again…");
        await TickAsync(grace, page, "Also what was delivered");
        await grace.PressAsync("Send again");
        await grace.SeesAsync("2 events are sent again.");

        // Another secret, off, and away.
        await grace.PressAsync("New secret");
        await grace.PressAsync("Make new secret");
        await grace.SeesAsync("the old one signs as well");
        await grace.PressAsync("I have kept it");
        await grace.PressAsync("Switch off");
        await grace.SeesAsync("Off since");
        await grace.PressAsync("Delete");
        await grace.PressAsync("Delete webhook");
        await grace.SeesAsync("No webhooks yet");
    }

    [Fact]
    public async Task Whoever_does_not_manage_the_workspace_is_offered_no_webhooks()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        var home = new Uri(ada.Page.Url).AbsolutePath.TrimEnd('/');
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Bob Babbage");
        await ada.InviteAsync(bob);

        await bob.Page.GotoAsync($"{home}/members");
        await bob.SeesAsync(bob.Page.GetByRole(AriaRole.Navigation, new() { Name = "About this workspace" }));
        await Assertions.Expect(bob.Page.GetByRole(AriaRole.Link, new() { Name = "Webhooks" })).ToHaveCountAsync(0);
        await bob.Page.GotoAsync($"{home}/webhooks");
        await bob.SeesAsync(bob.Page.GetByText("The webhooks could not be loaded"));
    }

    private static async Task TickAsync(AtKeyboard grace, IPage page, string label)
    {
        await grace.ReachAsync(page.GetByRole(AriaRole.Checkbox, new() { Name = label, Exact = true }));
        await page.Keyboard.PressAsync("Space");
    }
}
