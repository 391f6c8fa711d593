using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>Who has no password here proves at the provider that opens the account who it is, and that moment counts.</summary>
internal static class ProveByProvider
{
    private sealed record Known(string Subject);

    private static readonly Query<Known> Own = new("accounts.own_subject", "select subject from accounts.external_identity where user_id = $1 and issuer = $2");

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string providerId, ProviderAnswerRequest request, Caller caller, HttpContext context, ProviderReturns returns, Database database, SessionProofs proofs,
        SecondFactors factors, RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (person, refusal) = await returns.WhoAsync(providerId, request, context, cancellationToken);
        if (person is null)
            return refusal!;

        // Where a second factor of ours is on, that is what proves.
        var isOwn = await database.QueryFirstAsync(Scope.Of(caller.UserId), Own, [caller.UserId, person.Issuer.Issuer], cancellationToken) is { } own
            && own.Subject == person.Subject;
        var isNow = person.ProvenAt is { } at && clock.GetUtcNow() - at < options.Sessions.RecentProof;
        if (!isOwn || !isNow || (await factors.MethodsOfAsync(caller.UserId, cancellationToken)).Length > 0)
        {
            await proofs.RefuseAsync(caller, "provider", cancellationToken);
            return Problems.Forbidden(
                !isOwn ? $"Somebody else is signed in at {person.Issuer.Name}."
                : !isNow ? $"{person.Issuer.Name} does not say that you proved it just now."
                : "Your account has a second factor; use that.");
        }

        return await proofs.RenewAsync(caller, cancellationToken) ? TypedResults.NoContent() : Problems.Unauthenticated("This log-in was ended; log in again.");
    }
}
