using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class RenamePasskey
{
    private static readonly Query<Passkey> Rename = new("accounts.rename_passkey", """
        update accounts.passkey set name = $3
        where id = $1 and user_id = $2
        returning id, name, created_at, last_used_at
        """);

    public static async Task<Results<Ok<Passkey>, ProblemHttpResult>> HandleAsync(
        Guid passkeyId, RenamePasskeyRequest request, Caller caller, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Rename, [passkeyId, caller.UserId, request.Name!.Trim()], cancellationToken) is not { } passkey)
            return Problems.NotFound("passkey", passkeyId);

        work.RecordPersonal(AuditActions.PasskeyRenamed, caller.UserId, passkeyId, after: new { passkey.Name });
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.Ok(passkey);
    }
}
