using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>
/// Logs in whom a provider vouches for. No second factor of ours is asked for: the provider has one, or its owner has decided without, and
/// whoever connects an account of ours with it has proven both.
/// </summary>
internal static class CompleteProviderSignIn
{
    public static async Task<Results<Ok<LoggedIn>, ProblemHttpResult>> HandleAsync(
        string providerId, ProviderAnswerRequest request, HttpContext context, ProviderReturns returns, ExternalPeople people, LogIns logIns,
        Database database, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var (person, refusal) = await returns.WhoAsync(providerId, request, context, cancellationToken);
        if (person is null)
            return refusal!;

        // 1. Whose account it is.
        var (outcome, found) = await people.SignInAsync(person, cancellationToken);
        if (found is not { } userId)
        {
            return outcome == "taken"
                ? Problems.Conflict($"There is an account with the address {person.VerifiedEmail} here. Sign in to it with its password, and connect {person.Issuer.Name} under Settings, Security.")
                : Problems.Forbidden($"{person.Issuer.Name} knows you, but you have no account here. Whoever runs this Renexus can let you in.");
        }

        // 2. The log-in.
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.QueryFirstAsync(GetMe.ById, [userId], cancellationToken) is not { } user)
            return Problems.Forbidden("This account was deleted.");
        var logIn = await logIns.BeginAsync(work, userId, context, cancellationToken, from: person);
        await work.CommitAsync(clock.GetUtcNow());

        logger.ExternalLogIn(userId, logIn.Session.Id, person.Issuer.Issuer, logIn.Session.Address);
        return TypedResults.Ok(await logIns.AnswerAsync(context, user, logIn, cancellationToken));
    }
}
