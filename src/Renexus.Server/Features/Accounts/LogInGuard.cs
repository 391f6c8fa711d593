using System.Security.Cryptography;
using System.Text;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>A password that held, before anything has come of it.</summary>
/// <param name="Key">The address as it is compared.</param>
/// <param name="PasswordHash">What it was compared with.</param>
/// <param name="Rehash">What to store instead, when that has become too weak.</param>
/// <param name="IsKnownDevice">Whether the account was logged in to with this device before.</param>
/// <param name="Device">What the device showed.</param>
internal sealed record PasswordProof(Guid UserId, string Key, string PasswordHash, string? Rehash, bool IsKnownDevice, SecretToken? Device);

/// <summary>
/// Stands between a password and the account (AU-5). Failures are counted for the account as tried from devices it does not know, for
/// each device that it knows, and for the network; after a few free ones each further one closes that way for 1, 2, 4 … seconds. So guessing is slow
/// from wherever it comes, and whoever is at an own device walks past it. While a way is closed nothing is compared: the answer is the
/// same as for a wrong password, for the same work.
/// </summary>
internal sealed class LogInGuard(
    Database database, Passwords passwords, MailRequests requests, MailOutbox outbox, Notices notices, RenexusOptions options, TimeProvider clock,
    ILogger<LogInGuard> logger) : IDisposable
{
    public const string Wrong = "wrong";
    public const string Held = "held";
    public const string SecondFactor = "second_factor";

    private const int LaneCount = 64;

    // One failure is forgotten after this long without another.
    private static readonly TimeSpan AccountForgets = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan NetworkForgets = TimeSpan.FromMinutes(1);

    private sealed record Seen(Guid? Id, string? PasswordHash, bool IsKnownDevice, DateTimeOffset? HeldUntil);

    private sealed record Noted(int Failures);

    private static readonly Query<Seen> LookAt = new("accounts.look_at_log_in", """
        select id, password_hash, is_known_device, held_until from accounts.look_at_log_in($1, $2, $3, $4, $5)
        """);

    private static readonly Query<Noted> NoteFailed = new("accounts.note_failed", """
        select accounts.note_failed($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::inet, $13, $14, $15) as failures
        """);

    private static readonly Command RecordOpened = new("accounts.record_opened", """
        select accounts.record_attempt($1, $2, $3, $4::inet, $5, $6, 'opened', $7)
        """);

    private static readonly Command Forgive = new("accounts.forgive", """
        select accounts.forgive($1)
        """);

    // Tries at one account go one after the other on each node, so that many at once are not all compared before the first is counted.
    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, LaneCount).Select(_ => new SemaphoreSlim(1))];
    private int waiting;

    /// <summary>Compares the password, unless that way is closed; null when it does not hold, for whatever reason.</summary>
    /// <exception cref="ProblemException">Too many wait already (503).</exception>
    public async Task<PasswordProof?> ProveAsync(
        string key, string password, SecretToken? device, HttpContext context, CancellationToken cancellationToken)
    {
        var (unknown, known) = (KeyOf("account", key), KeyOf("device", key + Convert.ToHexStringLower(device?.Hash() ?? [])));
        using var turn = await EnterAsync(unknown, cancellationToken);

        // 1. One look, the same whether there is such an account or not.
        var seen = await database.QueryFirstAsync(
            Scope.None, LookAt, [key, device?.Hash() ?? [], unknown, known, NetworkOf(context)], cancellationToken);
        var isHeld = seen!.HeldUntil > clock.GetUtcNow();

        // 2. One comparison: with nobody's hash when there is none, or when the way is closed.
        var check = await passwords.CheckAsync(isHeld ? null : seen.PasswordHash, password, cancellationToken);
        if (check.Matches)
            return new PasswordProof(seen.Id!.Value, key, seen.PasswordHash!, check.Rehash, seen.IsKnownDevice, device);

        // 3. One note.
        await NoteAsync(seen.Id, key, seen.IsKnownDevice ? known : unknown, seen.IsKnownDevice, isHeld ? Held : Wrong, context, cancellationToken);
        return null;
    }

    /// <summary>Counts a failure after the password held: a wrong second factor is a guess as well.</summary>
    public Task FailedAsync(PasswordProof proof, string outcome, HttpContext context, CancellationToken cancellationToken) =>
        NoteAsync(proof.UserId, proof.Key, CounterOf(proof), proof.IsKnownDevice, outcome, context, cancellationToken);

    /// <summary>Records that it led in, and forgets the failures before it.</summary>
    public async Task OpenedAsync(Work work, PasswordProof proof, HttpContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(Forgive, [CounterOf(proof)], cancellationToken);
        await work.ExecuteAsync(
            RecordOpened,
            [Guid.CreateVersion7(now), proof.UserId, HashOf(proof.Key), LogIns.AddressOf(context), DeviceOf(context), proof.IsKnownDevice, now],
            cancellationToken);
    }

    /// <summary>Whether the signed-in person knows the own password; guessing it from an open browser is held up too.</summary>
    public async Task<bool> ConfirmAsync(Account account, string password, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var counter = KeyOf("confirm", caller.UserId.ToString());
        using var turn = await EnterAsync(counter, cancellationToken);
        var seen = await database.QueryFirstAsync(Scope.None, LookAt, [null as string, Array.Empty<byte>(), counter, Array.Empty<byte>(), Array.Empty<byte>()], cancellationToken);
        var isHeld = seen!.HeldUntil > clock.GetUtcNow();
        var check = await passwords.CheckAsync(isHeld ? null : account.PasswordHash, password, cancellationToken);
        if (check.Matches)
        {
            await database.ExecuteAsync(Scope.None, Forgive, [counter], cancellationToken);
            return true;
        }

        await NoteAsync(account.Id, EmailAddress.Key(account.Email), counter, isKnown: true, isHeld ? Held : Wrong, context, cancellationToken);
        return false;
    }

    /// <summary>Opens the way from unknown devices again, for whoever has proven to be the owner otherwise.</summary>
    public static Task ForgiveAsync(Work work, string email, CancellationToken cancellationToken) =>
        work.ExecuteAsync(Forgive, [KeyOf("account", EmailAddress.Key(email))], cancellationToken);

    public void Dispose()
    {
        foreach (var lane in lanes)
            lane.Dispose();
    }

    private async Task NoteAsync(
        Guid? userId, string key, byte[] counter, bool isKnown, string outcome, HttpContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var address = LogIns.AddressOf(context);
        var limits = options.LogIn;
        logger.LogInFailed(userId, address);
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        var noted = await work.QueryFirstAsync(
            NoteFailed,
            [
                counter, limits.FreeFailures, AccountForgets, NetworkOf(context), limits.FreeFailuresOfNetwork, NetworkForgets, limits.LongestHold,
                outcome, Guid.CreateVersion7(now), userId, HashOf(key), address, DeviceOf(context), isKnown, now,
            ],
            cancellationToken);

        work.Record(Auditing.Entry(AuditActions.LogInRefused, userId, after: new { email = Auditing.Mask(key), because = outcome }) with { Person = userId });

        // The first hold is told to the owner, once a day at most.
        if (userId is { } owner && outcome != Held && noted!.Failures == limits.FreeFailures + 1)
        {
            logger.LogInHeld(owner, noted.Failures, address);
            work.Record(Auditing.Entry(AuditActions.LogInsLocked, owner, before: null, new { failures = noted.Failures }) with { Person = owner });
            if (await requests.TryTakeOnceADayAsync(work, AccountMails.LogInHeld, owner, cancellationToken))
            {
                await outbox.PutAsync(work, AccountMails.LogInHeld, new { userId = owner, address, at = now }, cancellationToken);
                await notices.WarnAsync(work, owner, "Somebody tries to log in to your account", cancellationToken);
            }
        }

        await work.CommitAsync(now);
    }

    private async Task<Lane> EnterAsync(byte[] key, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref waiting) > options.Passwords.Queue + LaneCount)
        {
            Interlocked.Decrement(ref waiting);
            throw new ProblemException(Problems.Busy(Passwords.RetryAfter));
        }

        try
        {
            var lane = lanes[key[0] % LaneCount];
            await lane.WaitAsync(cancellationToken);
            return new Lane(this, lane);
        }
        catch
        {
            Interlocked.Decrement(ref waiting);
            throw;
        }
    }

    private static byte[] CounterOf(PasswordProof proof) => proof.IsKnownDevice
        ? KeyOf("device", proof.Key + Convert.ToHexStringLower(proof.Device!.Hash()))
        : KeyOf("account", proof.Key);

    private static byte[] NetworkOf(HttpContext context) => KeyOf("network", Network.Of(context.Connection.RemoteIpAddress));

    private static byte[] KeyOf(string what, string value) => HashOf($"{what}\n{value}");

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string DeviceOf(HttpContext context) => DeviceName.Of(context.Request.Headers.UserAgent.ToString());

    private sealed class Lane(LogInGuard guard, SemaphoreSlim lane) : IDisposable
    {
        public void Dispose()
        {
            lane.Release();
            Interlocked.Decrement(ref guard.waiting);
        }
    }
}
