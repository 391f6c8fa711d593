using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>
/// What authenticators have been asked to sign. In the database, so that any node can judge the answer; the first answer takes the
/// challenge out, whether it holds or not (SEC-MFA-01).
/// </summary>
internal sealed class PasskeyChallenges(Database database, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>To add a passkey to the account.</summary>
    public const string Register = "register";

    /// <summary>To prove who one is by the passkey alone: logging in, stepping up.</summary>
    public const string Prove = "prove";

    /// <summary>To prove it after the password.</summary>
    public const string SecondFactor = "second_factor";

    private static readonly Command Insert = new("accounts.keep_challenge", """
        insert into accounts.passkey_challenge (id, user_id, purpose, state, expires_at) values ($1, $2, $3, $4, $5)
        """);

    private static readonly Query<string> Take = new("accounts.take_challenge", """
        delete from accounts.passkey_challenge
        where id = $1 and purpose = $2 and expires_at > $3 and (user_id is null or user_id = $4)
        returning state
        """);

    private static readonly Command Forget = new("accounts.forget_challenges", """
        select accounts.forget_challenges($1)
        """);

    /// <param name="userId">For whom alone; null for whoever answers.</param>
    public async Task<Guid> KeepAsync(string purpose, Guid? userId, string state, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.NewGuid();
        await database.ExecuteAsync(ScopeOf(userId), Insert, [id, userId, purpose, state, now + Lifetime], cancellationToken);
        // Each that comes sweeps for those that were never answered.
        await database.ExecuteAsync(Scope.None, Forget, [now], cancellationToken);
        return id;
    }

    /// <summary>The state to judge the answer by; null when there is no such challenge for this person, or no more.</summary>
    public Task<string?> TakeAsync(Guid id, string purpose, Guid? userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(ScopeOf(userId), Take, [id, purpose, clock.GetUtcNow(), userId], cancellationToken);

    private static Scope ScopeOf(Guid? userId) => userId is { } user ? Scope.Of(user) : Scope.None;
}
