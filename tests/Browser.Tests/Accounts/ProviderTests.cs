using Microsoft.Playwright;
using Renexus.Server.Tests.Peers;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Accounts;

/// <summary>Signing in at the page of a real provider, connecting it and taking it away again, by keyboard alone.</summary>
[Trait("spec", "AU-8")]
public sealed class ProviderTests(Chromium chromium)
{
    [Fact]
    public async Task One_signs_in_at_a_provider_and_comes_back_to_where_one_wanted_to_go()
    {
        await using var company = await Company.StartAsync();
        var page = await chromium.OpenAsync(company.Server.PublicAddress);
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/profile"); // not signed in: the sign-in screen comes in between
        await Look.CheckEveryAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Continue with Company" }), "sign-in with a provider");
        await ada.PressAsync("Continue with Company");
        await SignInThereAsync(page, "ada");

        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/settings/profile$"), new() { Timeout = 30_000 });
        await ada.SeesAsync("ada@example.com");
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);

        // The provider alone opens this account, so it is the one to prove anything with.
        await page.GotoAsync("/settings/security");
        await Look.CheckEveryAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Disconnect Company" }), "security with a provider");
        company.Server.OutlastProofs();
        await ada.PressAsync("Set up");
        await Look.CheckEveryAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Confirm at Company" }), "is it you, by a provider");
    }

    [Fact]
    public async Task One_connects_a_provider_with_an_account_and_disconnects_it_again()
    {
        await using var company = await Company.StartAsync();
        var person = await Person.SignUpAsync(await chromium.OpenAsync(company.Server.PublicAddress), "Ada Lovelace");
        var page = person.Page;
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/settings/security");
        await ada.PressAsync("Connect Company");
        await SignInThereAsync(page, "ada");
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Disconnect Company" }));

        var elsewhere = await chromium.OpenAsync(company.Server.PublicAddress);
        var again = AtKeyboard.Of(elsewhere);
        await elsewhere.GotoAsync("/sign-in");
        await again.PressAsync("Continue with Company");
        await SignInThereAsync(elsewhere, "ada");
        await again.SeesAsync(elsewhere.GetByLabel("Workspace name"));
        await elsewhere.GotoAsync("/settings/profile");
        await again.SeesAsync(person.Email);

        await ada.PressAsync("Disconnect Company");
        await ada.PressAsync("Disconnect");
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Connect Company" }));
    }

    [Fact]
    public async Task Who_does_not_agree_there_is_told_and_can_go_back()
    {
        await using var company = await Company.StartAsync();
        var page = await chromium.OpenAsync(company.Server.PublicAddress);
        var ada = AtKeyboard.Of(page);
        await page.GotoAsync("/sign-in/company?error=access_denied&state=x");
        await Look.CheckEveryAsync(page, page.GetByText("You did not agree there."), "back from a provider without a sign-in");
        await page.GotoAsync("/sign-in/company?code=a&state=b");
        await ada.SeesAsync(page.GetByRole(AriaRole.Alert));
        await ada.FollowAsync("Back to sign in");
        await ada.SeesAsync(page.GetByRole(AriaRole.Button, new() { Name = "Continue with Company" }));
    }

    // The provider's own forms: who one is, then whether one agrees.
    private static async Task SignInThereAsync(IPage page, string login)
    {
        page.SetDefaultTimeout(30_000);
        await page.Locator("input[name=login]").FillAsync(login);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("button[type=submit]").ClickAsync();
    }

    /// <summary>The server and the provider beside it, each knowing the other's address.</summary>
    private sealed class Company : IAsyncDisposable
    {
        private readonly NodePeer provider;

        private Company(NodePeer provider, ServerByName server) => (this.provider, Server) = (provider, server);

        public ServerByName Server { get; }

        public static async Task<Company> StartAsync()
        {
            var started = await NodePeer.StartAsync("provider.mjs");
            var server = new ServerByName();
            try
            {
                await server.InitializeWithAsync(async address =>
                {
                    await started.AskAsync("knows", new { login = "ada", email = "ada@example.com", name = "Ada Lovelace" });
                    var issuer = (await started.AskAsync("start", new { returnTo = new Uri(address, "/sign-in/company") })).GetProperty("issuer").GetString()!;
                    return
                    [
                        new("Renexus:Identity:Issuers:0:Issuer", issuer),
                        new("Renexus:Identity:Issuers:0:Id", "company"),
                        new("Renexus:Identity:Issuers:0:Name", "Company"),
                        new("Renexus:Identity:Issuers:0:ClientId", "renexus"),
                    ];
                });
                return new Company(started, server);
            }
            catch
            {
                await started.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await provider.DisposeAsync();
        }
    }
}
