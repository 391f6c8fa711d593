using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// The keys of access tokens, shared by all nodes through the database. A key signs only once it is a minute old, so that every node has
/// had time to learn of it, and verifies until the last token it signed has run out: rotation is never seen from outside.
/// The database holds them encrypted.
/// </summary>
internal sealed partial class SigningKeys(
    Database database, SecretFields secrets, RenexusOptions options, TimeProvider clock, ILogger<SigningKeys> logger) : IDisposable
{
    private const int SecretBytes = 32;
    private static readonly TimeSpan Introduction = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReloadPause = TimeSpan.FromSeconds(5);
    // A key that nobody asks to reload for is still replaced in time.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    public static readonly SecretColumn Secret = new("accounts.signing_key", "secret", "kid", Where: "is_sealed");

    private sealed record KeyRow(string Kid, byte[] Secret, bool IsSealed, DateTimeOffset CreatedAt);

    private static readonly Query<KeyRow> Live = new("signing_keys.live", """
        select kid, secret, is_sealed, created_at from accounts.signing_key where retires_at > $1 order by created_at
        """);

    // Earlier versions kept them as they are. What once lay open is replaced at once, and gone with the last token it signed.
    private static readonly Query<KeyRow> Open = new("signing_keys.open", """
        select kid, secret, is_sealed, created_at from accounts.signing_key where not is_sealed
        """);

    private static readonly Command Seal = new("signing_keys.seal", """
        update accounts.signing_key set secret = $2, is_sealed = true, retires_at = least(retires_at, $3) where kid = $1 and not is_sealed
        """);

    // Nodes that start together queue here; the second finds the first one's key.
    private static readonly Command Queue = new("signing_keys.queue", "select pg_advisory_xact_lock(hashtext('accounts.signing_key'))");

    private static readonly Command Create = new("signing_keys.create", """
        insert into accounts.signing_key (kid, secret, is_sealed, created_at, retires_at)
        select $1, $2, true, $3, $4 where not exists (select 1 from accounts.signing_key where created_at > $5 and is_sealed)
        """);

    private static readonly Command Forget = new("signing_keys.forget", "delete from accounts.signing_key where retires_at < $1");

    private readonly SemaphoreSlim loading = new(1);
    private volatile KeySet known = KeySet.Empty;

    /// <summary>A verifying key that this node knows already.</summary>
    public JwtKey? Find(string? kid) => kid is not null ? known.ById.GetValueOrDefault(kid) : null;

    /// <summary>The key that new tokens are signed with.</summary>
    public async ValueTask<JwtKey> CurrentAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (known.Signing is not { } key || known.LoadedAt + MaxAge < now)
        {
            await LoadAsync(now, cancellationToken);
            key = known.Signing!;
        }

        return key;
    }

    /// <summary>
    /// Reads the keys again because somebody presented one that is not known. Strangers can cause this at will, so it happens at most every
    /// five seconds: a genuine new key does not sign before everybody had a chance to read it.
    /// </summary>
    /// <returns>Whether this call read them.</returns>
    public async ValueTask<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (known.LoadedAt + ReloadPause > now)
            return false;

        await LoadAsync(now, cancellationToken);
        return true;
    }

    private async Task LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = known;
        await loading.WaitAsync(cancellationToken);
        try
        {
            // Somebody else has just done it.
            if (!ReferenceEquals(before, known))
                return;

            var rows = await database.QueryAsync(Scope.None, Live, [now], cancellationToken);
            if (rows.Count == 0 || rows[^1].CreatedAt + options.Sessions.SigningKeyLifetime <= now || rows.Any(row => !row.IsSealed))
            {
                await CreateAsync(now, cancellationToken);
                rows = await database.QueryAsync(Scope.None, Live, [now], cancellationToken);
            }

            known = KeySet.Of(rows.Select(row => (row, JwtKey.HS256(row.Kid, secrets.Decrypt(Secret, row.Kid, row.Secret)))), now);
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task CreateAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var kid = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9));
        // Its successor may be late by a day, and its last token lives on for a lifetime.
        var retiresAt = now + options.Sessions.SigningKeyLifetime + options.Sessions.AccessTokenLifetime + TimeSpan.FromDays(1);
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await work.ExecuteAsync(Queue, [], cancellationToken);
        var created = await work.ExecuteAsync(Create,
            [kid, secrets.Encrypt(Secret, kid, RandomNumberGenerator.GetBytes(SecretBytes)), now, retiresAt, now - options.Sessions.SigningKeyLifetime],
            cancellationToken);
        foreach (var open in await work.QueryAsync(Open, [], cancellationToken))
        {
            var lastTokenEnds = now + MaxAge + Introduction + options.Sessions.AccessTokenLifetime;
            await work.ExecuteAsync(Seal, [open.Kid, secrets.Encrypt(Secret, open.Kid, open.Secret), lastTokenEnds], cancellationToken);
        }

        await work.ExecuteAsync(Forget, [now], cancellationToken);
        await work.CommitAsync(now);
        if (created > 0)
            Created(logger, kid);
    }

    public void Dispose() => loading.Dispose();

    [LoggerMessage(1711, LogLevel.Information, "Created the signing key {Kid}")]
    private static partial void Created(ILogger logger, string kid);

    private sealed record KeySet(FrozenDictionary<string, JwtKey> ById, JwtKey? Signing, DateTimeOffset LoadedAt)
    {
        public static readonly KeySet Empty = new(FrozenDictionary<string, JwtKey>.Empty, Signing: null, DateTimeOffset.MinValue);

        public static KeySet Of(IEnumerable<(KeyRow Row, JwtKey Key)> rows, DateTimeOffset now)
        {
            var keys = rows.ToList();
            var signing = keys.FindLast(k => k.Row.CreatedAt + Introduction <= now) is { Key: not null } introduced ? introduced : keys[0];
            return new(keys.ToFrozenDictionary(k => k.Row.Kid, k => k.Key, StringComparer.Ordinal), signing.Key, now);
        }
    }
}
