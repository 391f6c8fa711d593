using Npgsql;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Who an API key speaks for (AU-9). What was found is believed for two seconds, so a busy key costs a look-up every two and a revoked one
/// is refused on every node within them; its sockets end as those of an ended log-in do.
/// </summary>
internal sealed partial class ApiKeys(Database database, EndedSessions ended, TimeProvider clock, ILogger<ApiKeys> logger)
{
    private const int Remembered = 4096;

    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NoteUseEvery = TimeSpan.FromMinutes(1);

    private sealed record Row(Guid Id, Guid UserId, string[] Scopes, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt);

    private static readonly Query<Row> CallerByKey = new("gateway.caller_by_key", """
        select id, user_id, scopes, expires_at, last_used_at from accounts.caller_by_key($1, $2)
        """);

    private static readonly Command NoteUse = new("gateway.note_use_of_key", """
        select accounts.note_use_of_key($1, $2)
        """);

    private sealed record Known(Caller Caller, long FoundAt);

    private readonly RecentTokens<Known> recent = new(Remembered);

    public ValueTask<AccessTokenResult> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        if (!KeyText.IsWellFormed(text))
            return ValueTask.FromResult(AccessTokenResult.Invalid);

        var hash = KeyText.Hash(text);
        var name = Convert.ToHexString(hash);
        return recent.TryGet(name, out var known) && clock.GetElapsedTime(known.FoundAt) < Believed
            ? ValueTask.FromResult(Judge(known.Caller))
            : LookUpAsync(hash, name, cancellationToken);
    }

    private async ValueTask<AccessTokenResult> LookUpAsync(byte[] hash, string name, CancellationToken cancellationToken)
    {
        var (asked, now) = (clock.GetTimestamp(), clock.GetUtcNow());
        Row? row;
        try
        {
            row = await database.QueryFirstAsync(Scope.None, CallerByKey, [hash, now], cancellationToken);
            if (row is null)
                return AccessTokenResult.Invalid;
            if (row.LastUsedAt is null || now - row.LastUsedAt >= NoteUseEvery)
                await database.ExecuteAsync(Scope.None, NoteUse, [row.Id, now], cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Not known to be good is not good; but the program is to come back.
            LogUnknown(e);
            return AccessTokenResult.Unknown;
        }

        var caller = new Caller(row.UserId, row.Id, row.ExpiresAt) { Scopes = row.Scopes };
        recent.Remember(name, new Known(caller, asked));
        return Judge(caller);
    }

    private AccessTokenResult Judge(Caller caller) =>
        caller.ExpiresAt <= clock.GetUtcNow() || ended.Contains(caller.SessionId)
            ? AccessTokenResult.Invalid
            : new AccessTokenResult(AccessTokenFailure.None, caller);

    [LoggerMessage(1730, LogLevel.Warning, "An API key could not be looked up; its program is told to come back")]
    private partial void LogUnknown(Exception exception);
}
