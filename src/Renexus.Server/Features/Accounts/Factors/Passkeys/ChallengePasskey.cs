using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Asks for a proof by passkey: of whoever answers, to log in; of the caller, to step up.</summary>
internal static class ChallengePasskey
{
    public static async Task<Ok<PasskeyChallenge>> HandleAsync(Caller? caller, HttpContext context, PasskeyCeremonies ceremonies) =>
        TypedResults.Ok(await ceremonies.AskAsync(PasskeyChallenges.Prove, caller?.UserId, context));
}
