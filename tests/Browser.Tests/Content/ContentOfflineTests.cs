using Microsoft.Playwright;
using Renexus.Browser.Tests.Offline;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>Content without a network: it is there, goes on, and arrives; what fits no longer is taken back.</summary>
[Trait("spec", "SY-4")]
[Trait("spec", "SY-5")]
[Trait("spec", "CO-1")]
public sealed class ContentOfflineTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_is_begun_and_moved_offline_arrives_and_a_move_that_fits_no_longer_is_taken_back()
    {
        var page = await chromium.OpenAsync(server.Address, worker: true);
        var room = await Newsroom.OpenAsync(server, page);
        var (ada, launch) = (room.Ada, await room.WriteAsync("Spring launch"));
        await room.ShowAsync("?view=board");
        await ada.SeesAsync(room.Card("Spring launch", "Draft"));
        await OnDevice.AppAsync(page);
        await OnDevice.AnswerAsync(page, "Spring launch");

        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await room.Card("Spring launch", "Draft").DragToAsync(page.GetByRole(AriaRole.Region, new() { Name = "In review", Exact = true }));
        await ada.SeesAsync(room.Card("Spring launch", "In review"));
        await ada.PressAsync("New content");
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Written in the tunnel");
        await ada.PressAsync("Create");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true }).FillAsync("Nobody else sees this yet.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the content" }).ClickAsync();
        await ada.SeesAsync(room.Card("Written in the tunnel", "Draft"));
        await ada.SeesAsync("changes wait on this device");

        // Somebody else has it approved already: from there it does not go into review.
        await room.ChangeAsync(launch, new { status = "in_review" });
        await room.ChangeAsync(launch, new { status = "approved", hash = (await room.ReadAsync(launch)).GetProperty("hash").GetString() });
        await page.Context.SetOfflineAsync(false);
        await ada.SeesAsync("Not done. From approved there is no way to in_review");
        await ada.SeesAsync(room.Card("Spring launch", "Approved"));
        await ada.SeesAsync(room.Card("Written in the tunnel", "Draft"));
        await Assertions.Expect(page.GetByText("on this device")).ToHaveCountAsync(0);
        var items = (await room.Grace.GetAsync($"/api/workspaces/{room.Workspace}/content")).GetProperty("items").EnumerateArray();
        var arrived = Assert.Single(items, item => item.GetProperty("title").GetString() == "Written in the tunnel");
        Assert.Equal("Nobody else sees this yet.", (await room.ReadAsync(arrived.GetProperty("id").GetGuid())).GetProperty("body").GetString());
    }
}
