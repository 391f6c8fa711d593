using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Workspaces;

/// <summary>Who comes, who goes, who owns, and the end of a workspace, by keyboard alone.</summary>
public sealed class WorkspaceScreensTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    [Fact]
    [Trait("spec", "OR-2")]
    public async Task An_invited_person_signs_up_from_the_mail_and_joins()
    {
        var (owner, ada) = await OwnerAsync();
        var address = $"{Guid.CreateVersion7():n}@example.com";
        await ada.FollowAsync("People");
        await ada.FillAsync("Email", address);
        await ada.PressAsync("Invite");
        await ada.SeesAsync("an invitation is on its way.");
        var first = await server.LinkAsync(address, "invite");
        await ada.PressAsync($"Send again to {address}");
        await ada.SeesAsync("Sent again, with a new link.");
        var link = await server.LinkAsync(address, "invite", not: first);

        var page = await chromium.OpenAsync(server.PublicAddress);
        var grace = AtKeyboard.Of(page);
        await page.GotoAsync(first);
        await grace.SeesAsync("This invitation is no longer good");
        await page.GotoAsync(link);
        await grace.SeesAsync("Ada Lovelace invites you as editor");
        await grace.FollowAsync("Create an account");
        await Assertions.Expect(page.GetByLabel("Email")).ToHaveValueAsync(address);
        await grace.FillAsync("Name", "Grace Hopper");
        await grace.FillAsync("Password", Person.Password);
        await grace.PressAsync("Create account");
        await grace.PressAsync("Join Analytical Engines");
        await grace.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Analytical Engines" }));
        await ada.SeesAsync("Grace Hopper");
        await ada.SeesAsync("Nobody is waiting to come in.");
        Assert.Contains("/members", owner.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task Somebody_who_is_signed_in_joins_by_the_link_and_is_told_of_the_other_address()
    {
        var (_, ada) = await OwnerAsync();
        var address = $"{Guid.CreateVersion7():n}@example.com";
        await ada.FollowAsync("People");
        await ada.FillAsync("Email", address);
        await ada.PressAsync("Invite");
        var colleague = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        var bob = AtKeyboard.Of(colleague.Page);
        await colleague.Page.GotoAsync(await server.LinkAsync(address, "invite"));
        await bob.SeesAsync("and would join with this account.");
        await bob.PressAsync("Join Analytical Engines");
        await bob.SeesAsync("No threads yet");
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task An_invitation_that_is_taken_back_opens_nothing()
    {
        var (_, ada) = await OwnerAsync();
        var address = $"{Guid.CreateVersion7():n}@example.com";
        await ada.FollowAsync("People");
        await ada.FillAsync("Email", address);
        await ada.PressAsync("Invite");
        var link = await server.LinkAsync(address, "invite");
        await ada.PressAsync($"Take back the invitation of {address}");
        await ada.PressAsync("Take back");
        await ada.SeesAsync("Nobody is waiting to come in.");
        var page = await chromium.OpenAsync(server.PublicAddress);
        await page.GotoAsync(link);
        await AtKeyboard.Of(page).SeesAsync("This invitation is no longer good");
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task Roles_are_given_and_a_member_is_removed()
    {
        var (owner, ada) = await OwnerAsync();
        var colleague = await ColleagueAsync(owner);
        var bob = AtKeyboard.Of(colleague.Page);
        await colleague.Page.GotoAsync(new Uri(owner.Page.Url).AbsolutePath);
        await bob.SeesAsync("Members");
        await Assertions.Expect(colleague.Page.GetByText("Invite somebody")).ToHaveCountAsync(0);

        await ada.PressAsync("What to do with Bob Babbage");
        await ada.PickAsync(owner.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Admin" }));
        await ada.SeesAsync("Bob Babbage is now admin.");
        await bob.SeesAsync("Invite somebody");

        await ada.PressAsync("What to do with Bob Babbage");
        await ada.PickAsync(owner.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Remove from the workspace" }));
        await ada.PressAsync("Remove");
        await Assertions.Expect(owner.Page.GetByText(colleague.Email)).ToHaveCountAsync(0);
        await bob.SeesAsync("There is nothing at this address");
    }

    [Fact]
    [Trait("spec", "OR-2")]
    public async Task The_last_owner_hands_the_workspace_over_before_leaving()
    {
        var (owner, ada) = await OwnerAsync();
        var colleague = await ColleagueAsync(owner);
        await ada.FollowAsync("Settings");
        await ada.PressAsync("Leave");
        var question = owner.Page.GetByRole(AriaRole.Alertdialog);
        await ada.ReachAsync(question.GetByRole(AriaRole.Button, new() { Name = "Leave" }));
        await owner.Page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync(question.GetByRole(AriaRole.Alert));
        await owner.Page.Keyboard.PressAsync("Escape");

        server.OutlastProofs();
        await owner.Page.GotoAsync(new Uri(owner.Page.Url).AbsolutePath.Replace("/settings", "/members", StringComparison.Ordinal));
        await ada.PressAsync("What to do with Bob Babbage");
        await ada.PickAsync(owner.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Hand the workspace over" }));
        await ada.PressAsync("Hand over");
        await ada.SeesAsync("Is it you?");
        await ada.FillAsync("Your password", Person.Password);
        await ada.PressAsync("Confirm");
        await ada.SeesAsync("Bob Babbage owns this workspace now.");

        await owner.Page.GotoAsync(new Uri(owner.Page.Url).AbsolutePath.Replace("/members", "/settings", StringComparison.Ordinal));
        await ada.PressAsync("Leave");
        await ada.ReachAsync(question.GetByRole(AriaRole.Button, new() { Name = "Leave" }));
        await owner.Page.Keyboard.PressAsync("Enter");
        await ada.SeesAsync("You are in no workspace.");
        await colleague.Page.GotoAsync("/settings/workspaces");
        await AtKeyboard.Of(colleague.Page).SeesAsync("Owner");
    }

    [Fact]
    [Trait("spec", "OR-4")]
    public async Task A_workspace_is_deleted_by_typing_its_name_and_restored()
    {
        var (owner, ada) = await OwnerAsync();
        var page = owner.Page;
        await ada.FollowAsync("People");
        await ada.FollowAsync("Settings");
        await ada.FillAsync("Workspace name", "Difference Engines");
        await ada.PressAsync("Save name");
        await ada.SeesAsync("The name is saved.");
        await ada.PressAsync("Delete");
        var question = page.GetByRole(AriaRole.Alertdialog);
        await ada.ReachAsync(question.GetByRole(AriaRole.Textbox));
        await page.Keyboard.InsertTextAsync("Analytical Engines");
        await Assertions.Expect(question.GetByRole(AriaRole.Button, new() { Name = "Delete workspace" })).ToBeDisabledAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.InsertTextAsync("Difference Engines");
        await page.Keyboard.PressAsync("Enter");

        await ada.SeesAsync("You are in no workspace.");
        await ada.PressAsync("Restore Difference Engines");
        await ada.FollowAsync("Settings of Difference Engines");
        await Assertions.Expect(page.GetByLabel("Workspace name")).ToHaveValueAsync("Difference Engines");
    }

    private async Task<(Person Owner, AtKeyboard Keys)> OwnerAsync()
    {
        var owner = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Ada Lovelace");
        await owner.CreateWorkspaceAsync("Analytical Engines");
        return (owner, AtKeyboard.Of(owner.Page));
    }

    private async Task<Person> ColleagueAsync(Person owner)
    {
        var colleague = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        await owner.InviteAsync(colleague);
        return colleague;
    }
}
