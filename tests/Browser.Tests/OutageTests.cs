using System.Globalization;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Two people write while the server dies and comes back: nothing is lost or doubled, and both read the same.</summary>
[Trait("spec", "RT-6")]
public sealed class OutageTests(Chromium chromium, ServerToKill server) : IClassFixture<ServerToKill>
{
    private const float Patience = 60_000;

    [Fact]
    public async Task Two_people_write_on_while_the_server_is_killed_and_started_again()
    {
        // High enough for all of it: what is not on screen is not on the page.
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress, height: 2400), "Ada Lovelace");
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress, height: 2400), "Bob Babbage");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.InviteAsync(bob);
        await ada.StartThreadAsync("Launch");
        await bob.Page.GotoAsync("/");
        await bob.OpenThreadAsync("Launch");

        // In the middle of writing: some of it is acknowledged, some is on its way, some is not sent yet.
        var writing = Task.WhenAll(SayAsync(ada, "before", 8), SayAsync(bob, "before", 8));
        await Assertions.Expect(ada.Messages.Nth(3)).ToBeVisibleAsync(new() { Timeout = Patience });
        await server.KillAsync();
        await writing;

        await ada.SeesAsync("Reconnecting in");
        await bob.SeesAsync("Reconnecting in");
        await Task.WhenAll(SayAsync(ada, "during", 3), SayAsync(bob, "during", 3));
        await ada.SeesAsync(ada.Page.GetByText("Waiting to be sent"));
        await bob.SeesAsync(bob.Page.GetByText("Waiting to be sent"));
        await Assertions.Expect(ada.Messages.Filter(new() { HasText = "Ada during" })).ToHaveCountAsync(3);

        await server.StartAsync();
        await Task.WhenAll(SayAsync(ada, "after", 3), SayAsync(bob, "after", 3));

        foreach (var person in new[] { ada, bob })
        {
            await person.SeesAsync("Connected");
            await Assertions.Expect(person.Messages).ToHaveCountAsync(28, new() { Timeout = Patience });
            await Assertions.Expect(person.Page.GetByText("Waiting to be sent")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await Assertions.Expect(person.Page.GetByText("Not sent.")).ToHaveCountAsync(0);
        }

        // What a new page reads is what the server has.
        var onAdasScreen = await ada.Messages.AllInnerTextsAsync();
        var onBobsScreen = await bob.Messages.AllInnerTextsAsync();
        await bob.Page.ReloadAsync();
        await Assertions.Expect(bob.Messages).ToHaveCountAsync(28, new() { Timeout = Patience });
        Assert.Equal(onAdasScreen, onBobsScreen);
        Assert.Equal(onAdasScreen, await bob.Messages.AllInnerTextsAsync());
        Assert.Equal(Written("Ada"), onAdasScreen.Where(text => text.StartsWith("Ada", StringComparison.Ordinal)));
        Assert.Equal(Written("Bob"), onAdasScreen.Where(text => text.StartsWith("Bob", StringComparison.Ordinal)));
    }

    private static async Task SayAsync(Person person, string when, int count)
    {
        foreach (var text in Texts(person.Name.Split(' ')[0], when, count))
            await person.SayAsync(text);
    }

    private static IEnumerable<string> Written(string name) => [.. Texts(name, "before", 8), .. Texts(name, "during", 3), .. Texts(name, "after", 3)];

    private static IEnumerable<string> Texts(string name, string when, int count) =>
        Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name} {when} {i}"));
}
