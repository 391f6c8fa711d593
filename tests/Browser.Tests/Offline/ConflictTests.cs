using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>One person edits the same text on two devices, one of them without a network: nothing is lost.</summary>
[Trait("spec", "SY-3")]
[Trait("spec", "SY-5")]
public sealed class ConflictTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Edits_of_different_lines_are_merged_and_edits_of_the_same_one_are_decided_by_their_person()
    {
        var (desk, train) = await TwoDevicesAsync("one\ntwo\nthree");

        await train.Page.Context.SetOfflineAsync(true);
        await EditAsync(train, "one\ntwo\nthree on the train");
        await train.ReadsAsync("one\ntwo\nthree on the train");
        await EditAsync(desk, "one at the desk\ntwo\nthree");
        await desk.ReadsAsync("one at the desk\ntwo\nthree");
        await BackAsync(train);
        await desk.ReadsAsync("one at the desk\ntwo\nthree on the train");
        await train.ReadsAsync("one at the desk\ntwo\nthree on the train");

        await train.Page.Context.SetOfflineAsync(true);
        await EditAsync(train, "mine");
        await EditAsync(desk, "theirs");
        await desk.ReadsAsync("theirs");
        await BackAsync(train);
        await train.SeesAsync("Your change was not saved. Somebody changed it meanwhile.");
        await train.ReadsAsync("theirs");
        await train.PressAsync("Decide");
        var dialog = train.Page.GetByRole(AriaRole.Dialog, new() { Name = "You and somebody else changed the same message" });
        await train.SeesAsync(dialog.GetByRole(AriaRole.Region, new() { Name = "Before" }).GetByText("one at the desk"));
        await train.SeesAsync(dialog.GetByRole(AriaRole.Region, new() { Name = "Theirs" }).GetByText("theirs", new() { Exact = true }));
        await Assertions.Expect(dialog.GetByLabel("Result")).ToHaveValueAsync("mine");
        await Look.CheckEveryAsync(train.Page, dialog.GetByLabel("Result"), "a conflict");
        await dialog.GetByLabel("Result").FillAsync("mine and theirs");
        await train.PressAsync("Save the result");
        await desk.ReadsAsync("mine and theirs");
        await train.ReadsAsync("mine and theirs");
        await Assertions.Expect(train.Page.GetByText("could not be made")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_edits_what_was_deleted_is_asked_and_the_text_is_there_to_be_sent_anew()
    {
        var (desk, train) = await TwoDevicesAsync("to be deleted");
        await train.Page.Context.SetOfflineAsync(true);
        await EditAsync(train, "worked on for an hour");
        await desk.Page.GetByText("to be deleted").First.HoverAsync();
        await desk.PressAsync("More actions");
        await desk.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" }).ClickAsync();
        await desk.PressAsync("Delete message");
        await desk.ReadsAsync();
        await BackAsync(train);
        await train.PressAsync("Look");
        await train.SeesAsync(train.Page.GetByRole(AriaRole.List, new() { Name = "Changes on this device" }).GetByText("worked on for an hour"));
        await train.PressAsync("Decide");
        await train.PressAsync("Send it as a new message");
        await desk.ReadsAsync("worked on for an hour");
        await train.ReadsAsync("worked on for an hour");
    }

    [Fact]
    [Trait("spec", "SY-4")]
    [Trait("spec", "OR-3")]
    public async Task Of_a_title_the_last_writer_stands_and_reactions_and_preferences_wait_for_the_network_as_well()
    {
        var (desk, train) = await TwoDevicesAsync("hello");
        await train.Page.Context.SetOfflineAsync(true);
        await RenameAsync(train, "Named on the train");
        await RenameAsync(train, "Named in the tunnel");
        await train.Page.Locator("[data-message][data-id]").First.FocusAsync();
        await train.Page.Keyboard.PressAsync("Shift+R");
        await train.SeesAsync(train.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Reactions" }));
        await train.Page.Keyboard.PressAsync("Enter");
        await train.SeesAsync(train.Page.GetByRole(AriaRole.Button, new() { Name = "👍 1, you" }));
        await train.PressAsync("Account of Ada Lovelace");
        await train.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Dark" }).ClickAsync();
        await train.SeesAsync(train.Page.Locator("html[data-theme=dark]"));
        await train.Page.Keyboard.PressAsync("Escape");
        await train.SeesAsync("3 changes wait on this device");

        await RenameAsync(desk, "Named at the desk");
        await BackAsync(train);
        foreach (var device in new[] { desk, train })
        {
            await device.SeesAsync(device.Page.GetByRole(AriaRole.Heading, new() { Name = "Named in the tunnel", Level = 1 }));
            await device.SeesAsync(device.Page.GetByRole(AriaRole.Button, new() { Name = "👍 1, you" }));
            await device.SeesAsync(device.Page.Locator("html[data-theme=dark]"));
        }
        await Assertions.Expect(train.Page.GetByText("wait on this device")).ToHaveCountAsync(0);
    }

    private static async Task RenameAsync(Person person, string title)
    {
        await person.PressAsync("Thread actions");
        await person.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename…" }).ClickAsync();
        await person.Page.GetByLabel("Topic").FillAsync(title);
        await person.PressAsync("Rename");
        await person.SeesAsync(person.Page.GetByRole(AriaRole.Heading, new() { Name = title, Level = 1 }));
    }

    private async Task<(Person Desk, Person Train)> TwoDevicesAsync(string text)
    {
        var desk = await Workspace.EnterAsync(await chromium.OpenAsync(server.Address), "Launch");
        await desk.OpenThreadAsync("Launch");
        await desk.SayAsync(text);
        await desk.ReadsAsync(text);
        var train = await desk.OnAnotherDeviceAsync(await chromium.OpenAsync(server.Address));
        await train.ReadsAsync(text);
        return (desk, train);
    }

    private static async Task EditAsync(Person person, string text)
    {
        await person.Messages.First.HoverAsync();
        await person.PressAsync("Edit");
        await person.Page.GetByLabel("Edit message").FillAsync(text);
        await person.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task BackAsync(Person person)
    {
        await person.Page.Context.SetOfflineAsync(false);
        await person.SeesAsync("Connected");
    }
}
