using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Keys;

/// <summary>Ends a key: here at once, on the other nodes when their feed of ended log-ins hears of it, sockets too.</summary>
internal static class RevokeKey
{
    private static readonly Query<ApiKey> Revoke = new("accounts.revoke_key", """
        update accounts.api_key set revoked_at = $3
        where id = $1 and user_id = $2 and revoked_at is null
        returning id, name, scopes, prefix, expires_at, created_at, last_used_at
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid keyId, Caller caller, Database database, EndedSessions ended, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Revoke, [keyId, caller.UserId, now], cancellationToken) is not { } key)
            return Problems.NotFound("key", keyId);

        work.RecordPersonal(AuditActions.KeyRevoked, caller.UserId, keyId, before: new { key.Name, key.Scopes });
        work.AnnounceToUser(caller.UserId, ChangeOp.Delete, "key", keyId, key, caller.UserId);
        await work.CommitAsync(now);

        ended.End(keyId);
        return TypedResults.NoContent();
    }
}
