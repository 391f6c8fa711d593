using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Accounts;

[Trait("spec", "UI-3")]
public sealed class EveryScreenTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    public static TheoryData<ColorScheme, int> Looks =>
        new() { { ColorScheme.Light, 1440 }, { ColorScheme.Dark, 1440 }, { ColorScheme.Light, 360 }, { ColorScheme.Dark, 360 } };

    [Theory]
    [MemberData(nameof(Looks))]
    public Task Axe_finds_nothing_at_the_entrance(ColorScheme scheme, int width) => WithAxe(scheme, width).EntranceAsync();

    [Theory]
    [MemberData(nameof(Looks))]
    public Task Axe_finds_nothing_in_an_account(ColorScheme scheme, int width) => WithAxe(scheme, width).AccountAsync();

    [Theory]
    [MemberData(nameof(Looks))]
    public Task Axe_finds_nothing_about_a_workspace(ColorScheme scheme, int width) => WithAxe(scheme, width).WorkspaceAsync();

    [Theory]
    [MemberData(nameof(Looks))]
    public Task Axe_finds_nothing_where_something_is_wrong(ColorScheme scheme, int width) => WithAxe(scheme, width).TroubleAsync();

    [Fact]
    public async Task Nothing_is_cut_off_at_400_percent()
    {
        var zoomed = new EveryScreen(server, () => chromium.OpenAsync(server.PublicAddress, width: 320, height: 256), Zoom.CheckAsync);
        await zoomed.EntranceAsync();
        await zoomed.AccountAsync();
        await zoomed.WorkspaceAsync();
        await zoomed.TroubleAsync();
    }

    private EveryScreen WithAxe(ColorScheme scheme, int width) =>
        new(server, () => chromium.OpenAsync(server.PublicAddress, scheme, width), Axe.CheckAsync);
}
