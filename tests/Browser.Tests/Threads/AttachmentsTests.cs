using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Threads;

/// <summary>Files that go with messages: chosen, sent, looked at, and refused with a reason.</summary>
[Trait("spec", "FI-1")]
[Trait("spec", "FI-4")]
public sealed class AttachmentsTests(Chromium chromium, ServerBehindNetwork server) : IClassFixture<ServerBehindNetwork>
{
    private const string Loaded = "() => { const picture = document.querySelector('img[alt=\"plan.png\"]'); return picture !== null && picture.complete && picture.naturalWidth > 0 }";

    [Fact]
    public async Task A_picture_is_sent_with_a_message_and_seen_by_others_and_what_is_refused_says_why()
    {
        var ada = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.InviteAsync(bob);
        await ada.StartThreadAsync("Launch");
        await bob.Page.GotoAsync("/");
        await bob.OpenThreadAsync("Launch");
        var send = ada.Page.GetByRole(AriaRole.Button, new() { Name = "Send" });
        var chosen = ada.Page.GetByRole(AriaRole.List, new() { Name = "Attachments" });

        await ChooseAsync(ada, "setup.exe", "application/octet-stream", [1, 2, 3]);
        await Assertions.Expect(chosen.GetByRole(AriaRole.Alert)).ToContainTextAsync("Programs are not taken here");
        await Assertions.Expect(send).ToBeDisabledAsync();
        await Look.CheckEveryAsync(ada.Page, chosen, "a file that is refused");
        await ada.PressAsync("Remove setup.exe");
        await Assertions.Expect(chosen).ToHaveCountAsync(0);

        await ChooseAsync(ada, "plan.png", "image/png", Pictures.Green);
        await ChooseAsync(ada, "notes.txt", "text/plain", "words"u8.ToArray());
        await Assertions.Expect(send).ToBeEnabledAsync();
        await ada.PressAsync("Send");
        await Assertions.Expect(chosen).ToHaveCountAsync(0);

        // Without a reload, by the address that came with the news.
        var picture = bob.Page.GetByRole(AriaRole.Button, new() { Name = "Show plan.png" });
        await bob.SeesAsync(picture);
        await bob.Page.WaitForFunctionAsync(Loaded);
        await Look.CheckEveryAsync(bob.Page, picture, "a message with files");
        await picture.ClickAsync();
        var shown = bob.Page.GetByRole(AriaRole.Dialog, new() { Name = "plan.png" });
        await bob.SeesAsync(shown.GetByRole(AriaRole.Img, new() { Name = "plan.png" }));
        await Look.CheckEveryAsync(bob.Page, shown, "a picture over everything");
        await bob.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(shown).ToHaveCountAsync(0);

        var downloading = bob.Page.WaitForDownloadAsync();
        await bob.PressAsync("Download notes.txt");
        var saved = await downloading;
        Assert.Equal("notes.txt", saved.SuggestedFilename);
        Assert.Equal("words", await File.ReadAllTextAsync(await saved.PathAsync(), TestContext.Current.CancellationToken));

        // And after one, by an address of one's own.
        await bob.Page.ReloadAsync();
        await bob.Page.WaitForFunctionAsync(Loaded);
    }

    private static Task ChooseAsync(Person person, string name, string type, byte[] bytes) =>
        person.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = bytes });
}
