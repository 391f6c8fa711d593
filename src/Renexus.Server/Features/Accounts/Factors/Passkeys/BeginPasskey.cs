using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class BeginPasskey
{
    public static async Task<Results<Ok<PasskeyChallenge>, ProblemHttpResult>> HandleAsync(
        Caller caller, HttpContext context, PasskeyCeremonies ceremonies) =>
        await ceremonies.AskForNewAsync(caller.UserId, context) is { } challenge
            ? TypedResults.Ok(challenge)
            : Problems.NotFound("account");
}
