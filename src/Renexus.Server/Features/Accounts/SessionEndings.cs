using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Ends log-ins (AU-4): their refresh tokens with the row, their access tokens and open sockets on this node at once, on the
/// others as soon as <see cref="EndedSessionsFeed"/> hears of it.
/// </summary>
internal sealed class SessionEndings(Database database, EndedSessions ended, TimeProvider clock)
{
    public const string LoggedOut = "logged_out";
    public const string Revoked = "revoked";
    public const string TokenReused = "token_reused";
    public const string PasswordChanged = "password_changed";
    public const string PasswordReset = "password_reset";
    public const string Denied = "denied";

    private static readonly Query<LogInSession> End = new("accounts.end_sessions", """
        update accounts.session
        set ended_at = $3, ended_because = $4
        where user_id = $1 and id = any($2) and ended_at is null
        returning id, device, host(address) as address, created_at, last_used_at, null::boolean as current
        """);

    private static readonly Query<LogInSession> EndAllBut = new("accounts.end_other_sessions", """
        update accounts.session
        set ended_at = $3, ended_because = $4
        where user_id = $1 and id is distinct from $2 and ended_at is null
        returning id, device, host(address) as address, created_at, last_used_at, null::boolean as current
        """);

    /// <summary>Ends one; false when the person has no such open log-in.</summary>
    /// <param name="actor">Who ends it; null when the system does.</param>
    public async Task<bool> EndAsync(Guid userId, Guid sessionId, string because, Guid? actor, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var isEnded = await EndAsync(work, userId, sessionId, because, actor, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
        return isEnded;
    }

    /// <summary>Ends all of the person's log-ins but the one that asks.</summary>
    public async Task EndAllButAsync(Guid userId, Guid sessionId, string because, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        await EndAllAsync(work, userId, because, userId, cancellationToken, except: sessionId);
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>Ends one when the caller's transaction commits.</summary>
    public async Task<bool> EndAsync(Work work, Guid userId, Guid sessionId, string because, Guid? actor, CancellationToken cancellationToken) =>
        await RunAsync(work, End, userId, new[] { sessionId }, because, actor, cancellationToken) > 0;

    /// <summary>Ends all of them, or all but one, when the caller's transaction commits.</summary>
    public Task EndAllAsync(Work work, Guid userId, string because, Guid? actor, CancellationToken cancellationToken, Guid? except = null) =>
        RunAsync(work, EndAllBut, userId, except, because, actor, cancellationToken);

    private async Task<int> RunAsync(
        Work work, Query<LogInSession> statement, Guid userId, Arg sessions, string because, Guid? actor, CancellationToken cancellationToken)
    {
        var gone = await work.QueryAsync(statement, [userId, sessions, clock.GetUtcNow(), because], cancellationToken);
        foreach (var session in gone)
        {
            work.AnnounceToUser(userId, ChangeOp.Delete, "session", session.Id, session, actor);
            var entry = Auditing.Entry(because == TokenReused ? AuditActions.TokenReused : AuditActions.SessionEnded, session.Id, after: new { session.Device, because });
            // A stolen token is nobody's deed.
            work.Record(entry with { Person = userId, Actor = actor });
            work.AfterCommit(() => ended.End(session.Id));
        }

        return gone.Count;
    }
}
