namespace Renexus.Browser.Tests.Accounts;

/// <summary>Accounts, workspaces and the audit trail: axe in light and dark, wide and narrow, and nothing cut off at 400 %.</summary>
[Trait("spec", "UI-3")]
public sealed class EveryScreenTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    private EveryScreen Screens => new(server, () => chromium.OpenAsync(server.PublicAddress), Look.CheckEveryAsync);

    [Fact]
    public Task Nothing_is_wrong_at_the_entrance() => Screens.EntranceAsync();

    [Fact]
    public Task Nothing_is_wrong_in_an_account() => Screens.AccountAsync();

    [Fact]
    public Task Nothing_is_wrong_about_a_workspace() => Screens.WorkspaceAsync();

    [Fact]
    public Task Nothing_is_wrong_where_something_is_wrong() => Screens.TroubleAsync();
}
