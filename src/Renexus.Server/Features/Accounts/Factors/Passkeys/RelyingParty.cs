using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// For whom passkeys are made: the host of <c>Renexus:PublicUrl</c>. Pages of that address and of <c>Renexus:Cors:Origins</c> may use them,
/// and none inside a frame of another page. Nothing is taken from the request: its Host is whatever the caller says.
/// </summary>
internal sealed class RelyingParty
{
    private readonly HashSet<string> origins;
    private readonly string domain;

    public RelyingParty(RenexusOptions options)
    {
        origins = options.Cors.Origins.Append(options.PublicUrl!)
            .Select(address => new Uri(address).GetLeftPart(UriPartial.Authority)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        domain = new Uri(options.PublicUrl!).IdnHost;
        WithVerification = Rules("required");
        WithoutVerification = Rules("preferred");
    }

    /// <summary>The authenticator knows by itself who holds it, by a finger, a face or a PIN: the passkey alone opens.</summary>
    public IOptions<IdentityPasskeyOptions> WithVerification { get; }

    /// <summary>On top of a password it is enough to have the authenticator.</summary>
    public IOptions<IdentityPasskeyOptions> WithoutVerification { get; }

    private IOptions<IdentityPasskeyOptions> Rules(string userVerification) => Options.Create(new IdentityPasskeyOptions
    {
        ServerDomain = domain,
        ValidateOrigin = origin => ValueTask.FromResult(!origin.CrossOrigin && origins.Contains(origin.Origin)),
        UserVerificationRequirement = userVerification,
        // It can be found without saying who one is, where the authenticator has room for that.
        ResidentKeyRequirement = "preferred",
        AttestationConveyancePreference = "none",
        AuthenticatorTimeout = PasskeyChallenges.Lifetime,
        ChallengeSize = 32,
    });
}
