using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Audit;

/// <summary>Searching and exporting the trail, by keyboard alone.</summary>
[Trait("spec", "SE-4")]
public sealed class AuditScreensTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    [Fact]
    public async Task A_change_is_found_with_what_it_was_before_and_taken_out_as_a_file()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        await owner.CreateWorkspaceAsync("Analytical Engines");
        var colleague = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await owner.InviteAsync(colleague);
        var page = owner.Page;
        var ada = AtKeyboard.Of(page);
        await ada.FollowAsync("Settings");
        await ada.FillAsync("Workspace name", "Difference Engines");
        await ada.PressAsync("Save name");
        await ada.SeesAsync("The name is saved.");

        await ada.FollowAsync("Audit trail");
        var trail = page.GetByRole(AriaRole.List, new() { Name = "Audit trail" });
        await ada.SeesAsync(trail.GetByText("Member added"));
        await ada.SelectAsync("What happened", "Workspace renamed");
        await ada.PressAsync("Search");
        await Assertions.Expect(trail.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("action=workspace.updated"));
        await ada.ReachAsync(trail.Locator("summary"));
        await page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync(trail.GetByRole(AriaRole.Cell, new() { Name = "Analytical Engines" }));
        await ada.SeesAsync(trail.GetByRole(AriaRole.Cell, new() { Name = "Difference Engines" }));

        await ada.PressAsync("Export");
        var download = await page.RunAndWaitForDownloadAsync(() => ada.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Table (CSV)" })));
        Assert.EndsWith(".csv", download.SuggestedFilename, StringComparison.Ordinal);
        var table = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains("workspace.updated", table, StringComparison.Ordinal);
        Assert.DoesNotContain("member.added", table, StringComparison.Ordinal);

        await page.ReloadAsync();
        await Assertions.Expect(page.GetByLabel("What happened")).ToHaveValueAsync("workspace.updated");
        await ada.PressAsync("Clear");
        await ada.SeesAsync(trail.GetByText("Audit trail exported"));
    }

    [Fact]
    public async Task An_operator_sees_the_proof_searches_the_whole_trail_and_takes_it_out()
    {
        var operators = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Grace Hopper");
        await using (var promote = server.Database.Login.CreateCommand("update accounts.user_account set is_operator = true where email = $1"))
        {
            promote.Parameters.AddWithValue(operators.Email);
            await promote.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var page = operators.Page;
        var grace = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/profile");
        await grace.FollowAsync("Installation");
        await Look.CheckEveryAsync(page, page.GetByText("Signing key"), "installation");
        var trail = page.GetByRole(AriaRole.List, new() { Name = "Trail of the installation" });
        await grace.SelectAsync("What happened", "Account made");
        await grace.PressAsync("Search");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("action=account.registered"));
        await grace.SeesAsync(trail.GetByText("Account made"));
        await grace.PressAsync("Export");
        var download = await page.RunAndWaitForDownloadAsync(() => grace.PickAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Table (CSV)" })));
        Assert.Contains("account.registered", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var other = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await other.Page.GotoAsync("/settings/installation");
        await AtKeyboard.Of(other.Page).SeesAsync(other.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }));
        await Assertions.Expect(other.Page.GetByText("Signing key")).ToHaveCountAsync(0);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Link, new() { Name = "Installation" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Everybody_sees_the_own_security_events()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        var ada = AtKeyboard.Of(owner.Page);
        await owner.Page.GotoAsync("/settings/security");
        await ada.PressAsync("Set up");
        await ada.SeesAsync("Set up an authenticator app");
        await owner.Page.ReloadAsync();
        await ada.SeesAsync(owner.Page.GetByRole(AriaRole.List, new() { Name = "Security events" }).GetByText("Authenticator app set-up begun"));
    }
}
