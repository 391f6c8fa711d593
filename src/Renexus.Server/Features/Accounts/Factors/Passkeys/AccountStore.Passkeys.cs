using Microsoft.AspNetCore.Identity;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts;

/// <summary>Passkeys for Identity's ceremonies, which look them up; the operations write them, with their names and in one statement.</summary>
internal sealed partial class AccountStore : IUserPasskeyStore<Account>
{
    private sealed record StoredPasskey(
        byte[] CredentialId, byte[] PublicKey, string Name, DateTimeOffset CreatedAt, long SignCount, string[] Transports,
        bool IsUserVerified, bool IsBackupEligible, bool IsBackedUp);

    private static readonly Query<StoredPasskey> Passkeys = new("accounts.stored_passkeys", """
        select credential_id, public_key, name, created_at, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up
        from accounts.passkey
        where user_id = $1
        order by created_at
        """);

    private static readonly Query<StoredPasskey> PasskeyByCredential = new("accounts.stored_passkey", """
        select credential_id, public_key, name, created_at, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up
        from accounts.passkey
        where user_id = $1 and credential_id = $2
        """);

    internal sealed record PasskeyHolder(Guid UserId);

    internal static readonly Query<PasskeyHolder> HolderOfPasskey = new("accounts.holder_of_passkey", """
        select user_id from accounts.holder_of_passkey($1)
        """);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        [.. (await database.QueryAsync(Scope.Of(user.Id), Passkeys, [user.Id], cancellationToken)).Select(Read)];

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(user.Id), PasskeyByCredential, [user.Id, credentialId], cancellationToken) is { } stored ? Read(stored) : null;

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.None, HolderOfPasskey, [credentialId], cancellationToken) is { } holder
            ? await FindAsync(holder.UserId, cancellationToken)
            : null;

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Passkeys are added by AddPasskey.");

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Passkeys are removed by RemovePasskey.");

    // What the authenticator said of itself at registration was looked at and is not kept.
    private static UserPasskeyInfo Read(StoredPasskey stored) => new(
        stored.CredentialId, stored.PublicKey, stored.CreatedAt, (uint)stored.SignCount, stored.Transports,
        stored.IsUserVerified, stored.IsBackupEligible, stored.IsBackedUp, attestationObject: [], clientDataJson: [])
    {
        Name = stored.Name,
    };
}
