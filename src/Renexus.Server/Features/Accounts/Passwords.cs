using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>What a check of a password found.</summary>
/// <param name="Matches">Whether it is the one.</param>
/// <param name="Rehash">What to store instead, when the stored hash is weaker than what is asked for now.</param>
internal readonly record struct PasswordCheck(bool Matches, string? Rehash);

/// <summary>
/// Hashes and checks passwords: PBKDF2-HMAC-SHA512, slow on purpose, so only a few at a time. One core stays free for everybody
/// else; what does not fit into a short queue is told to come back. (Argon2id would be the library's choice: Konscious or libsodium.)
/// </summary>
internal sealed class Passwords : IDisposable
{
    public const string MeterName = "Renexus.Accounts";
    public const string ChecksName = "renexus.accounts.password_checks";

    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly IPasswordHasher<Account> hasher;
    private readonly ConcurrencyLimiter turns;
    private readonly Counter<long> checks;
    private readonly string nobody;

    public Passwords(IPasswordHasher<Account> hasher, RenexusOptions options, IMeterFactory meters)
    {
        var passwords = options.Passwords;
        this.hasher = hasher;
        turns = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = Math.Max(1, Environment.ProcessorCount - 1),
            QueueLimit = passwords.Queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        checks = meters.Create(MeterName).CreateCounter<long>(ChecksName, unit: "{check}", description: "Passwords compared with a hash");
        nobody = HashOfNobody(passwords.Iterations);
    }

    /// <exception cref="ProblemException">Too many wait already (503).</exception>
    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(cancellationToken);
        return Hash(password);
    }

    /// <summary>Compares with the stored hash; without one it does the same work and finds no match.</summary>
    /// <exception cref="ProblemException">Too many wait already (503).</exception>
    public async Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(cancellationToken);
        checks.Add(1);
        var result = hasher.VerifyHashedPassword(null!, hash ?? nobody, password);
        return new PasswordCheck(
            hash is not null && result is not PasswordVerificationResult.Failed,
            result is PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null);
    }

    public void Dispose() => turns.Dispose();

    private string Hash(string password) => hasher.HashPassword(null!, password);

    private async ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken)
    {
        var turn = await turns.AcquireAsync(1, cancellationToken);
        if (turn.IsAcquired)
            return turn;

        turn.Dispose();
        throw new ProblemException(Problems.Busy(RetryAfter));
    }

    /// <summary>
    /// A well-formed hash that no password has: version 1, HMAC-SHA512, the iterations, 16 bytes of salt, and 32 random
    /// bytes where the key would be. It costs as much to check as anybody's, and nothing to make.
    /// </summary>
    private static string HashOfNobody(int iterations)
    {
        const int headerBytes = 13;
        const int saltBytes = 16;
        var hash = new byte[headerBytes + saltBytes + 32];
        RandomNumberGenerator.Fill(hash.AsSpan(headerBytes));
        hash[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(1), 2);
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(5), (uint)iterations);
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(9), saltBytes);
        return Convert.ToBase64String(hash);
    }
}
