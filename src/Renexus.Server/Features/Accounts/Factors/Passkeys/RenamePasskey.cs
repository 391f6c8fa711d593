using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
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
        Guid passkeyId, RenamePasskeyRequest request, Caller caller, Database database, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(
            Scope.Of(caller.UserId), Rename, [passkeyId, caller.UserId, request.Name!.Trim()], cancellationToken) is { } passkey
            ? TypedResults.Ok(passkey)
            : Problems.NotFound("passkey", passkeyId);
}
