using System.Text.Json;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>Devices, preferences, keys, own data and the end of an account, by keyboard alone.</summary>
public sealed class OwnAccountTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    [Fact]
    [Trait("spec", "AU-4")]
    public async Task A_device_that_is_signed_out_elsewhere_is_out_at_once()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var lost = AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress));
        await lost.SignInAsync(owner.Email, Person.Password);
        await lost.IsInAsync();

        var ada = AtKeyboard.Of(owner.Page);
        await owner.Page.GotoAsync("/settings/security");
        await ada.SeesAsync("This device");
        await ada.ReachAsync(owner.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Sign out .* on ") }));
        await owner.Page.Keyboard.PressAsync("Enter");
        await owner.Page.GetByRole(AriaRole.Alertdialog).WaitForAsync();
        await ada.PressAsync("Sign out");
        await lost.IsOutAsync();
        await ada.SeesAsync("This device");
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task All_other_devices_are_signed_out_in_one_go()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        AtKeyboard[] others = [AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress)), AtKeyboard.Of(await chromium.OpenAsync(server.PublicAddress))];
        foreach (var other in others)
        {
            await other.SignInAsync(owner.Email, Person.Password);
            await other.IsInAsync();
        }

        var ada = AtKeyboard.Of(owner.Page);
        await owner.Page.GotoAsync("/settings/security");
        await ada.PressAsync("Sign out all others");
        await ada.PressAsync("Sign out");
        foreach (var other in others)
            await other.IsOutAsync();
        await Assertions.Expect(owner.Page.GetByText("Sign out all others")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("spec", "OR-3")]
    public async Task Preferences_follow_the_person_to_every_device()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var other = await chromium.OpenAsync(server.PublicAddress);
        var elsewhere = AtKeyboard.Of(other);
        await elsewhere.SignInAsync(owner.Email, Person.Password);
        await elsewhere.IsInAsync();

        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/preferences");
        await ada.ReachAsync(page.GetByLabel("Like the system"));
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await ada.ReachAsync(page.GetByLabel("Comfortable"));
        await page.Keyboard.PressAsync("ArrowDown");
        await ada.SelectAsync("Time zone", "Asia/Tokyo");
        await ada.ReachAsync(page.GetByRole(AriaRole.Switch, new() { Name = "Enter sends the message" }));
        await page.Keyboard.PressAsync("Space");

        await Assertions.Expect(other.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Assertions.Expect(other.Locator("html")).ToHaveAttributeAsync("data-density", "compact");
        await other.GotoAsync("/settings/preferences");
        await Assertions.Expect(other.GetByLabel("Time zone")).ToHaveValueAsync("Asia/Tokyo");
        await Assertions.Expect(other.GetByRole(AriaRole.Switch)).Not.ToBeCheckedAsync();
    }

    [Fact]
    [Trait("spec", "OR-3")]
    public async Task A_new_name_is_seen_by_the_other_members()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        await owner.CreateWorkspaceAsync("Analytical Engines");
        var colleague = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await owner.InviteAsync(colleague);
        var bob = AtKeyboard.Of(colleague.Page);
        await colleague.Page.GotoAsync("/settings/profile");
        await bob.FillAsync("Name", "Charles Babbage");
        await bob.PressAsync("Save name");
        await bob.SeesAsync("Your name is saved.");
        await AtKeyboard.Of(owner.Page).SeesAsync("Charles Babbage");
    }

    [Fact]
    [Trait("spec", "OR-4")]
    public async Task Own_data_is_taken_along_and_the_account_is_gone()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/data");
        var download = await page.RunAndWaitForDownloadAsync(() => ada.PressAsync("Export my data"));
        using var data = JsonDocument.Parse(await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        Assert.Contains(owner.Email, data.RootElement.GetRawText(), StringComparison.Ordinal);

        await ada.PressAsync("Delete my account");
        var question = page.GetByRole(AriaRole.Alertdialog);
        await Assertions.Expect(question.GetByRole(AriaRole.Button, new() { Name = "Delete my account" })).ToBeDisabledAsync();
        await ada.ReachAsync(question.GetByRole(AriaRole.Textbox));
        await page.Keyboard.InsertTextAsync(owner.Email);
        await page.Keyboard.PressAsync("Enter");
        await ada.IsOutAsync();

        await ada.SignInAsync(owner.Email, Person.Password);
        await ada.SeesAsync(page.GetByRole(AriaRole.Alert));
    }

    [Fact]
    [Trait("spec", "AU-9")]
    public async Task An_api_key_is_shown_once_opens_what_it_may_and_is_revoked()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/keys");
        await ada.PressAsync("New key");
        await ada.PressAsync("Create key");
        await ada.SeesAsync("Choose at least one thing that the key may do.");
        await ada.FillAsync("Name of the key", "Nightly export");
        await ada.ReachAsync(page.GetByRole(AriaRole.Checkbox).First);
        await page.Keyboard.PressAsync("Space");
        await ada.PressAsync("Create key");
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Your new key" });
        await ada.SeesAsync(dialog);
        var key = await dialog.Locator("code").InnerTextAsync();
        Assert.StartsWith("rnx_", key, StringComparison.Ordinal);
        await ada.PressAsync("I have kept it");
        await ada.SeesAsync("Nightly export");
        await Assertions.Expect(page.GetByText(key)).ToHaveCountAsync(0);
        Assert.True(await OpensAsync(key));

        await ada.PressAsync("Revoke Nightly export");
        await ada.PressAsync("Revoke key");
        await ada.SeesAsync("No keys yet.");
        Assert.False(await OpensAsync(key));
    }

    private async Task<bool> OpensAsync(string key)
    {
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var answer = await client.GetAsync("/api/workspaces", TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode;
    }
}
