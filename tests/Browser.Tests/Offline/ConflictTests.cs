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
