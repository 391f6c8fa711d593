using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Keys;

internal static class ListKeys
{
    // Those that ran out stay in sight: their programs stopped, and the person wants to know why.
    private static readonly Query<ApiKey> Of = new("accounts.keys_of", """
        select id, name, scopes, prefix, expires_at, created_at, last_used_at
        from accounts.api_key
        where user_id = $1 and revoked_at is null
        order by created_at desc
        limit 200
        """);

    public static async Task<Ok<Contracts.ApiKeys>> HandleAsync(Caller caller, Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Contracts.ApiKeys(await database.QueryAsync(Scope.Of(caller.UserId), Of, [caller.UserId], cancellationToken)));
}
