using Microsoft.AspNetCore.Identity;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Accounts for <see cref="UserManager{TUser}"/>. Accounts are made by registering and removed by their owners, in one transaction with
/// everything that belongs to it; so this store finds and changes them, and neither makes nor deletes any
/// (docs/decisions/0007-identity-primitives.md). Second factors add their own interfaces in files of their own.
/// </summary>
internal sealed partial class AccountStore(Database database, TimeProvider clock) : IUserPasswordStore<Account>, IUserEmailStore<Account>
{
    internal static readonly Query<Account> ById = new("accounts.account_by_id", """
        select id, email, email_verified_at, name, password_hash from accounts.user_account where id = $1
        """);

    private sealed record Found(Guid Id);

    private static readonly Query<Found> ByEmail = new("accounts.account_by_email", """
        select id from accounts.person_by_email($1)
        """);

    private static readonly Command Update = new("accounts.update_account", """
        update accounts.user_account set password_hash = $2, updated_at = $3 where id = $1 and password_hash is distinct from $2
        """);

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? FindAsync(id, cancellationToken) : Task.FromResult<Account?>(null);

    public async Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.None, ByEmail, [normalizedEmail], cancellationToken) is { } found
            ? await FindAsync(found.Id, cancellationToken)
            : null;

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindByEmailAsync(normalizedUserName, cancellationToken);

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(Scope.Of(user.Id), Update, [user.Id, user.PasswordHash, clock.GetUtcNow()], cancellationToken);
        return IdentityResult.Success;
    }

    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Accounts are made by Register.");

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Accounts are removed by their owners.");

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    // The address is the name that people log in with.
    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(EmailAddress.Key(user.Email));

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetEmailAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<bool> GetEmailConfirmedAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.EmailVerifiedAt is not null);

    public Task<string?> GetNormalizedEmailAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(EmailAddress.Key(user.Email));

    public Task SetNormalizedEmailAsync(Account user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetEmailAsync(Account user, string? email, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An address changes by proving the new one.");

    public Task SetEmailConfirmedAsync(Account user, bool confirmed, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An address is proven by the link mailed to it.");

    public void Dispose()
    {
        // Holds nothing: the pool is the application's.
    }

    private Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(id), ById, [id], cancellationToken);
}
