using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
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
    public async Task<bool> RenewAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.ExecuteAsync(Prove, [caller.SessionId, caller.UserId, now], cancellationToken) == 0)
            return false;

        work.RecordPersonal(AuditActions.SteppedUp, caller.UserId, caller.SessionId);
        await work.CommitAsync(now);
        return true;
    }

    /// <summary>Somebody tried, and it did not hold.</summary>
    public Task RefuseAsync(Caller caller, string factor, CancellationToken cancellationToken) =>
        database.RecordPersonalAsync(AuditActions.StepUpRefused, caller.UserId, caller.SessionId, new { factor }, clock.GetUtcNow(), cancellationToken);
}
