using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Where the seeds lie: encrypted, each openable in its own person's row alone (SE-3).</summary>
internal static class TotpSeeds
{
    public static readonly SecretColumn Column = new("accounts.totp", "seed", Id: "user_id");
}
