using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Peers;

/// <summary>A certified OpenID provider in a process of its own, and the tokens of its code flow.</summary>
[Trait("spec", "AU-8")]
public sealed class OidcProviderTests : IAsyncLifetime
{
    private const string Resource = "https://renexus.example";

    private NodePeer provider = null!;
    private string issuer = "";
    private OidcServer server = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await NodePeer.StartAsync("provider.mjs");
        issuer = (await provider.AskAsync("start")).GetProperty("issuer").GetString()!;
        server = new OidcServer(issuer);
        await server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (provider is not null)
            await provider.DisposeAsync();
    }

    [Fact]
    public async Task Its_access_tokens_and_identity_tokens_let_the_same_person_in()
    {
        var email = AccountsHttp.NewEmail();
        var (access, identity) = await LogInAsync("ada", Resource, email);

        var byIdentity = await server.Anonymous.MeAsync(identity).ReadAsync<User>();
        var byAccess = await server.Anonymous.MeAsync(access).ReadAsync<User>();

        Assert.Equal(byIdentity.Id, byAccess.Id);
        Assert.Equal((email, true, "Ada"), (byIdentity.Email, byIdentity.EmailVerified, byIdentity.Name));
        await using var socket = await TestSocket.ConnectAsync(server.Address);
        await socket.SendAsync("subscribe", "$session", new { token = access });
        Assert.Equal(byAccess.Id, (await socket.NextAsync("welcome")).GetProperty("payload").GetProperty("user").GetGuid());
    }

    [Fact]
    public async Task Its_token_for_another_application_is_refused()
    {
        var (access, _) = await LogInAsync("ada", "https://other.example");

        await server.Anonymous.MeAsync(access).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task Its_tokens_hold_neither_before_nor_after_their_time()
    {
        var (access, _) = await LogInAsync("ada", Resource);
        await using var early = new OidcServer(issuer, TimeSpan.FromHours(-1));
        await early.InitializeAsync();

        await early.Anonymous.MeAsync(access).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.MeAsync(access).ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Leap(TimeSpan.FromDays(2) + TimeSpan.FromSeconds(10));
        await server.Anonymous.MeAsync(access).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.TokenExpired);
    }

    [Fact]
    public async Task The_tokens_of_another_provider_are_refused()
    {
        await using var foreign = await NodePeer.StartAsync("provider.mjs");
        var address = (await foreign.AskAsync("start")).GetProperty("issuer").GetString()!;

        var (access, identity) = await LogInAsync("ada", Resource, peer: foreign, at: address);

        await server.Anonymous.MeAsync(access).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await server.Anonymous.MeAsync(identity).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task After_it_changed_its_keys_its_new_tokens_are_taken_and_its_old_ones_end(string algorithm)
    {
        var (old, _) = await LogInAsync("ada", Resource);
        await server.Anonymous.MeAsync(old).ShouldBeAsync(HttpStatusCode.OK);

        await RestartAsync("second", algorithm);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        var (current, _) = await LogInAsync("ada", Resource);

        await server.Anonymous.MeAsync(current).ShouldBeAsync(HttpStatusCode.OK);
        // What was verified before is asked for again after a while.
        server.Time.Advance(TimeSpan.FromMinutes(16));
        await server.Anonymous.MeAsync(old).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task While_it_is_away_its_last_keys_serve_up_to_the_limit()
    {
        var (first, later) = await LogInAsync("ada", Resource);
        await server.Anonymous.MeAsync(first).ShouldBeAsync(HttpStatusCode.OK);

        await provider.KillAsync();

        server.Time.Leap(TimeSpan.FromHours(23));
        await server.Anonymous.MeAsync(later).ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Leap(TimeSpan.FromHours(2));
        await server.Anonymous.MeAsync(first).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
    }

    private async Task RestartAsync(string kid, string algorithm)
    {
        await provider.DisposeAsync();
        provider = await NodePeer.StartAsync("provider.mjs");
        await provider.AskAsync("start", new { port = new Uri(issuer).Port, kid, alg = algorithm });
    }

    private async Task<(string Access, string Identity)> LogInAsync(string login, string resource, string? email = null, NodePeer? peer = null, string? at = null)
    {
        var tokens = await (peer ?? provider).AskAsync("logIn", new { issuer = at ?? issuer, login, resource, email, name = "Ada" });
        // The provider signs by the real clock; on a slow machine that has moved on.
        if (TimeProvider.System.GetUtcNow() - server.Time.GetUtcNow() is { Ticks: > 0 } behind)
            server.Time.Advance(behind + TimeSpan.FromSeconds(1));
        return (tokens.GetProperty("accessToken").GetString()!, tokens.GetProperty("idToken").GetString()!);
    }

    private sealed class OidcServer(string issuer, TimeSpan offset = default) : TestServer
    {
        public FakeTime Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) + TimeSpan.FromSeconds(3) + offset);

        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:Identity:Issuers:0:Issuer", issuer),
            new("Renexus:Identity:Issuers:0:Name", "The provider"),
            new("Renexus:Identity:Issuers:0:Audiences:0", Resource),
            new("Renexus:Identity:Issuers:0:Audiences:1", "web"),
        ];

        protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
    }
}
