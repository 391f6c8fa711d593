using System.Globalization;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

public sealed class TwoPeopleTests(Chromium chromium, ServerBehindNetwork server) : IClassFixture<ServerBehindNetwork>
{
    [Fact]
    [Trait("spec", "TH-2")]
    public async Task Two_people_register_talk_and_see_each_others_messages()
    {
        var (ada, bob) = await MeetAsync("Launch");

        await ada.SayAsync("Good morning!");
        await bob.ReadsAsync("Good morning!");
        await bob.SayAsync("Good morning, Ada.\nShall we start?");
        await ada.ReadsAsync("Good morning!", "Good morning, Ada.\nShall we start?");
        await Assertions.Expect(bob.Page.GetByText("Ada Lovelace").First).ToBeVisibleAsync();

        await bob.Page.ReloadAsync();
        await bob.ReadsAsync("Good morning!", "Good morning, Ada.\nShall we start?");
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task What_is_written_without_a_connection_arrives_once_and_in_order()
    {
        var (ada, bob) = await MeetAsync("Tunnel");
        await ada.SayAsync("before");
        await bob.ReadsAsync("before");

        server.Cut();
        await ada.SeesAsync("Reconnecting in");
        string[] written = [.. Enumerable.Range(1, 5).Select(i => string.Create(CultureInfo.InvariantCulture, $"from the tunnel {i}"))];
        foreach (var text in written)
            await ada.SayAsync(text);
        await ada.SeesAsync("5 changes wait on this device");
        await ada.ReadsAsync(["before", .. written]);

        server.Mend();
        await bob.ReadsAsync(["before", .. written]);
        await ada.ReadsAsync(["before", .. written]);
        await Assertions.Expect(ada.Page.GetByText("Waiting to be sent")).ToHaveCountAsync(0);
        await ada.SeesAsync("Connected");
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task What_is_unsent_survives_a_reload_of_the_page()
    {
        var (ada, bob) = await MeetAsync("Reload");
        server.Cut();
        await ada.SeesAsync("Reconnecting in");
        await ada.SayAsync("written before the reload");

        server.Mend();
        await ada.Page.ReloadAsync();
        await bob.ReadsAsync("written before the reload");
        await ada.ReadsAsync("written before the reload");
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task Signing_out_signs_out_every_tab_of_the_session()
    {
        var (ada, _) = await MeetAsync("Goodbye");
        var second = new Person(await ada.Page.Context.NewPageAsync(), ada.Name);
        await second.Page.GotoAsync("/");
        await second.SeesAsync("Connected");

        await ada.PressAsync("Account of Ada Lovelace");
        await ada.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await ada.SeesAsync("Good to see you again.");
        await second.SeesAsync("Good to see you again.");
    }

    /// <summary>Ada makes a workspace and a thread in it, Bob is invited and opens the thread.</summary>
    private async Task<(Person Ada, Person Bob)> MeetAsync(string thread)
    {
        server.Mend();
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.InviteAsync(bob);
        await ada.StartThreadAsync(thread);
        await bob.Page.GotoAsync("/");
        await bob.OpenThreadAsync(thread);
        return (ada, bob);
    }
}
