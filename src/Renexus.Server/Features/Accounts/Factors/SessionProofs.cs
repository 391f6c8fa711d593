using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>When a person last proved who it is, kept with the row of the log-in; the log-in itself is the first proof (SEC-MFA-04).</summary>
internal sealed class SessionProofs(Database database, RenexusOptions options, TimeProvider clock)
{
    private static readonly Query<DateTimeOffset> LastProof = new("accounts.last_proof", """
        select coalesce(proven_at, created_at) as proven_at
        from accounts.session
        where id = $1 and user_id = $2 and ended_at is null
        """);

    private static readonly Command Prove = new("accounts.prove_session", """
        update accounts.session set proven_at = $3
        where id = $1 and user_id = $2 and ended_at is null
        """);

    /// <summary>See <see cref="RecentProof"/>.</summary>
    public async ValueTask<bool> IsRecentAsync(Caller caller, CancellationToken cancellationToken)
    {
        var proofs = await database.QueryAsync(
            Scope.Of(caller.UserId), LastProof, [caller.SessionId, caller.UserId], cancellationToken);
        return proofs is [var last] && clock.GetUtcNow() - last < options.Sessions.RecentProof;
    }

    /// <summary>The caller has proven it just now; false when the log-in has ended meanwhile.</summary>
    public async Task<bool> RenewAsync(Caller caller, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            Scope.Of(caller.UserId), Prove, [caller.SessionId, caller.UserId, clock.GetUtcNow()], cancellationToken) > 0;
}
