using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// The links in our mails: 256 random bits, kept as a hash, good once and for the address they were sent to. A new one of a kind
/// voids the one before.
/// </summary>
internal sealed class Links(Database database, TimeProvider clock)
{
    public const string Verify = "verify";
    public const string Reset = "reset";
    public const string Deny = "deny";

    /// <summary>Whose link it is, whether or not it is still good.</summary>
    internal sealed record Holder(Guid UserId, string Purpose);

    private static readonly Query<Holder> HolderOf = new("accounts.link_of", """
        select user_id, purpose from accounts.link_of($1)
        """);

    private static readonly Command Issue = new("accounts.issue_link", """
        insert into accounts.link (hash, user_id, purpose, email_key, session_id, issued_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (user_id, purpose) where used_at is null and purpose <> 'deny' do update
        set hash = excluded.hash, email_key = excluded.email_key, issued_at = excluded.issued_at, expires_at = excluded.expires_at
        """);

    private static readonly Command VoidAll = new("accounts.void_links", """
        delete from accounts.link where user_id = $1 and purpose <> 'deny' and used_at is null
        """);

    /// <summary>A new token, for the mail that is being written.</summary>
    /// <param name="session">What a link of the purpose <see cref="Deny"/> is about.</param>
    public async Task<string> IssueAsync(Guid userId, string purpose, string email, TimeSpan lifetime, Guid? session, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var token = SecretToken.New();
        await database.ExecuteAsync(
            Scope.Of(userId), Issue, [token.Hash(), userId, purpose, EmailAddress.Key(email), session, now, now + lifetime], cancellationToken);
        return token.Reveal();
    }

    /// <summary>Whose link this is, when it is one of that purpose; using it up is the operation's part, in its transaction.</summary>
    public async Task<(Guid UserId, byte[] Hash)?> FindAsync(string? text, string purpose, CancellationToken cancellationToken)
    {
        if (!SecretToken.TryParse(text, out var token))
            return null;

        var hash = token.Hash();
        var holder = await database.QueryFirstAsync(Scope.None, HolderOf, [hash], cancellationToken);
        return holder?.Purpose == purpose ? (holder.UserId, hash) : null;
    }

    /// <summary>Voids what is still open, when the account's password or address has changed.</summary>
    public static Task VoidAllAsync(Work work, Guid userId, CancellationToken cancellationToken) => work.ExecuteAsync(VoidAll, [userId], cancellationToken);
}
