using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class RemovePasskey
{
    private static readonly Query<Passkey> Remove = new("accounts.remove_passkey", """
        delete from accounts.passkey where id = $1 and user_id = $2
        returning id, name, created_at, last_used_at
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid passkeyId, Caller caller, Database database, FactorNews news, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Remove, [passkeyId, caller.UserId], cancellationToken) is not { } passkey)
            return Problems.NotFound("passkey", passkeyId);
        work.RecordPersonal(AuditActions.PasskeyRemoved, caller.UserId, passkeyId, before: new { passkey.Name });
        await news.TellAsync(work, caller.UserId, FactorNews.PasskeyRemoved, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());

        return TypedResults.NoContent();
    }
}
