using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Peers;

/// <summary>Signing in at the page of a certified OpenID provider in a process of its own: there, its forms, and back, with and without a client secret.</summary>
[Trait("spec", "AU-8")]
public sealed class OidcSignInTests
{
    private const string ReturnAddress = "https://renexus.example/sign-in/provider";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, false)]
    [InlineData("a secret, with: odd/characters+", true)]
    public async Task Somebody_goes_there_signs_in_and_is_in_here(string? secret, bool tellsLater)
    {
        await using var provider = await NodePeer.StartAsync("provider.mjs");
        var issuer = (await provider.AskAsync("start", new { returnTo = ReturnAddress, secret, tellsLater })).GetProperty("issuer").GetString()!;
        await using var server = new ProviderServer(issuer, secret);
        await server.InitializeAsync();
        var email = AccountsHttp.NewEmail();

        var sent = await BeginAsync(server);
        var back = await provider.AskAsync("signIn", new { address = sent.Address, login = "ada", email, name = "Ada Lovelace" });
        server.CatchUp();
        var answer = new { code = back.GetProperty("code").GetString(), state = back.GetProperty("state").GetString(), flow = sent.Flow };
        var logIn = await CompleteAsync(server, answer).ReadAsync<LoggedIn>();

        Assert.Equal((email, true, "Ada Lovelace"), (logIn.User.Email, logIn.User.EmailVerified, logIn.User.Name));
        await server.Anonymous.MeAsync(logIn.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.RefreshAsync(logIn.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
        // The provider lets its code be used once, and names the moment of the proof: it is fresh.
        await CompleteAsync(server, answer).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", logIn.AccessToken);
        await client.GetAsync("/api/me/export", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(issuer, Assert.Single((await client.GetAsync("/api/me/identities", Stop).ReadAsync<ConnectedIdentities>()).Items).Issuer);

        // Again, and as somebody else there.
        Assert.Equal(logIn.User.Id, (await SignInAsync(server, provider, "ada", email)).User.Id);
        Assert.NotEqual(logIn.User.Id, (await SignInAsync(server, provider, "bob", AccountsHttp.NewEmail())).User.Id);
    }

    [Fact]
    public async Task It_does_not_redeem_a_code_for_who_did_not_begin()
    {
        await using var provider = await NodePeer.StartAsync("provider.mjs");
        var issuer = (await provider.AskAsync("start", new { returnTo = ReturnAddress })).GetProperty("issuer").GetString()!;
        await using var server = new ProviderServer(issuer, secret: null);
        await server.InitializeAsync();
        var (victim, thief) = (await BeginAsync(server), await BeginAsync(server));

        var back = await provider.AskAsync("signIn", new { address = victim.Address, login = "ada", email = AccountsHttp.NewEmail(), name = "Ada" });
        var own = await provider.AskAsync("signIn", new { address = thief.Address, login = "eve", email = AccountsHttp.NewEmail(), name = "Eve" });
        server.CatchUp();

        // The stolen code with the thief's own state: the verifier does not fit.
        await CompleteAsync(server, new { code = back.GetProperty("code").GetString(), state = own.GetProperty("state").GetString(), flow = thief.Flow })
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    private static Task<ProviderSignIn> BeginAsync(TestServer server) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/providers/provider/begin", new { }, Stop).ReadAsync<ProviderSignIn>();

    private static Task<HttpResponseMessage> CompleteAsync(TestServer server, object answer) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/providers/provider/complete", answer, Stop);

    private static async Task<LoggedIn> SignInAsync(ProviderServer server, NodePeer provider, string login, string email)
    {
        var sent = await BeginAsync(server);
        var back = await provider.AskAsync("signIn", new { address = sent.Address, login, email, name = login });
        server.CatchUp();
        return await CompleteAsync(
            server, new { code = back.GetProperty("code").GetString(), state = back.GetProperty("state").GetString(), flow = sent.Flow }).ReadAsync<LoggedIn>();
    }

    private sealed class ProviderServer(string issuer, string? secret) : TestServer
    {
        private readonly FakeTime time = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) + TimeSpan.FromSeconds(3));

        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:PublicUrl", "https://renexus.example"),
            new("Renexus:Identity:Issuers:0:Issuer", issuer),
            new("Renexus:Identity:Issuers:0:Id", "provider"),
            new("Renexus:Identity:Issuers:0:ClientId", "renexus"),
            .. secret is null ? [] : (KeyValuePair<string, string>[])[new("Renexus:Identity:Issuers:0:ClientSecret", secret)],
        ];

        protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));

        /// <summary>The provider signs by the real clock; on a slow machine that has moved on.</summary>
        public void CatchUp()
        {
            if (TimeProvider.System.GetUtcNow() - time.GetUtcNow() is { Ticks: > 0 } behind)
                time.Advance(behind + TimeSpan.FromSeconds(1));
        }
    }
}
