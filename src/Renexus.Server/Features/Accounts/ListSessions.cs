using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class ListSessions
{
    private static readonly Query<LogInSession> Open = new("accounts.open_sessions", """
        select id, device, host(address) as address, created_at, last_used_at, id = $2 as current
        from accounts.session
        where user_id = $1 and ended_at is null and expires_at > $3
        order by last_used_at desc
        limit 200
        """);

    public static async Task<Ok<LogInSessions>> HandleAsync(
        Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        TypedResults.Ok(new LogInSessions(await database.QueryAsync(
            Scope.Of(caller.UserId), Open, [caller.UserId, caller.SessionId, clock.GetUtcNow()], cancellationToken)));
}
