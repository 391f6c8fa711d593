using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Threads;

/// <summary>What two people notice of each other in a thread besides their messages.</summary>
[Trait("spec", "TH-4")]
public sealed class TalkingTests(Chromium chromium, ServerBehindNetwork server) : IClassFixture<ServerBehindNetwork>
{
    [Fact]
    public async Task Typing_reactions_mentions_and_what_is_unread_are_seen_on_every_device()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.InviteAsync(bob);
        await ada.StartThreadAsync("Launch");
        await bob.Page.GotoAsync("/");
        await bob.OpenThreadAsync("Launch");

        // Typing.
        await ada.Page.GetByLabel("Message", new() { Exact = true }).PressSequentiallyAsync("Who");
        await bob.SeesAsync("Ada Lovelace is typing");
        await ada.Page.Keyboard.PressAsync("Enter");
        await bob.ReadsAsync("Who");
        await Assertions.Expect(bob.Page.GetByText("Ada Lovelace is typing")).ToHaveCountAsync(0);

        // A reaction, by keyboard alone.
        await bob.Page.GetByRole(AriaRole.Article).First.FocusAsync();
        await bob.Page.Keyboard.PressAsync("Shift+R");
        await bob.SeesAsync(bob.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Reactions" }));
        await bob.Page.Keyboard.PressAsync("ArrowRight");
        await bob.Page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync(ada.Page.GetByRole(AriaRole.Button, new() { Name = "❤️ 1, Bob Babbage" }));
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "❤️ 1, Bob Babbage" }).ClickAsync();
        await bob.SeesAsync(bob.Page.GetByRole(AriaRole.Button, new() { Name = "❤️ 2" }));

        // A mention, noticed elsewhere, on two devices.
        await bob.Page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.ClickAsync();
        var phone = new Person(await bob.Page.Context.NewPageAsync(), bob.Name);
        await phone.Page.GotoAsync(bob.Page.Url);
        await phone.SeesAsync("Connected");
        await ada.Page.GetByLabel("Message", new() { Exact = true }).PressSequentiallyAsync("Look, @bo");
        await ada.SeesAsync(ada.Page.GetByRole(AriaRole.Option, new() { Name = "Bob Babbage" }));
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.Page.Keyboard.PressAsync("Enter");
        await bob.SeesAsync("Ada Lovelace mentioned you.");
        await phone.SeesAsync(phone.Page.GetByRole(AriaRole.Link, new() { Name = "Launch mentions you, 1 unread" }));
        await bob.OpenThreadAsync("Launch");
        await Assertions.Expect(bob.Page.Locator("[data-mention=me]")).ToHaveTextAsync("@Bob Babbage");
        await Assertions.Expect(phone.Page.GetByText("mentions you")).ToHaveCountAsync(0);

        // Found again.
        await phone.Page.GetByRole(AriaRole.Link, new() { Name = "Search" }).First.ClickAsync();
        await phone.Page.GetByLabel("Search messages and content").FillAsync("loo");
        await phone.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(phone.Page.Locator("mark")).ToHaveTextAsync("Look");
        await Look.CheckEveryAsync(phone.Page, phone.Page.Locator("mark"), "search results");
        await phone.Page.Locator("mark").ClickAsync();
        await phone.ReadsAsync("Who", "Look, @Bob Babbage");
        await Look.CheckEveryAsync(phone.Page, phone.Page.Locator("[data-mention=me]"), "a thread with reactions and mentions");
    }
}
