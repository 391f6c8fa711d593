using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>A server that takes the tokens of an OpenID Connect issuer and of a Clerk, both the test's own.</summary>
public class ExternalServer : TestServer
{
    internal FakeIssuer Provider { get; private set; } = null!;

    internal FakeIssuer Clerk { get; private set; } = null!;

    /// <summary>Its clock, which begins at the real time: real providers sign by it.</summary>
    public FakeTime Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings,
        new("Renexus:PublicUrl", "https://renexus.example"),
        new("Renexus:Identity:Issuers", Provider.Issuer),
        new("Renexus:Clerk:Issuer", Clerk.Issuer),
        new("Renexus:Clerk:AuthorizedParties", "https://renexus.example,https://app.example"),
    ];

    protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));

    public override async ValueTask InitializeAsync()
    {
        Provider = await FakeIssuer.StartAsync();
        Clerk = await FakeIssuer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
        await Clerk.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A token of the provider for a person who has just logged in there, good for an hour.</summary>
    internal string TokenOf(string subject, string? session = null, string? email = null, bool isVerified = true, string? name = null)
    {
        var claims = Provider.Claims(Time.GetUtcNow(), subject, lifetime: 3600);
        claims["auth_time"] = Time.GetUtcNow().ToUnixTimeSeconds();
        if (session is not null)
            claims["sid"] = session;
        if (email is not null)
            (claims["email"], claims["email_verified"]) = (email, isVerified);
        if (name is not null)
            claims["name"] = name;
        return Provider.Sign(claims);
    }
}

/// <summary>The same, taking nobody who has no account.</summary>
public sealed class ClosedExternalServer : ExternalServer
{
    protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Identity:AdmitNewPeople", "false")];
}
