using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>Connects the account one is signed in to with the person one is at a provider: both are proven at this moment.</summary>
internal static class ConnectProvider
{
    private sealed record Connection(string Outcome);

    private static readonly Query<Connection> Connect = new("accounts.connect_external", "select outcome from accounts.connect_external($1, $2, $3, $4)");

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string providerId, ProviderAnswerRequest request, Caller caller, HttpContext context, ProviderReturns returns, Database database, IdentityNews news,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var (person, refusal) = await returns.WhoAsync(providerId, request, context, cancellationToken);
        if (person is null)
            return refusal!;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var connection = await work.QueryFirstAsync(Connect, [person.Issuer.Issuer, person.Subject, caller.UserId, now], cancellationToken);
        switch (connection!.Outcome)
        {
            case "known":
                return TypedResults.NoContent();
            case "taken":
                return Problems.Conflict($"Who you are at {person.Issuer.Name} opens another account here already. Sign in to that one and disconnect it there first.");
            case "another":
                return Problems.Conflict($"Somebody else at {person.Issuer.Name} opens this account already. Disconnect that first.");
        }

        work.RecordPersonal(AuditActions.IdentityLinked, caller.UserId, caller.UserId, after: new { issuer = person.Issuer.Issuer });
        await news.TellAsync(work, caller.UserId, person.Issuer.Name, isConnected: true, cancellationToken);
        await work.CommitAsync(now);
        return TypedResults.NoContent();
    }
}
