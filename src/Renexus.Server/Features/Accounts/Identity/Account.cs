namespace Renexus.Server.Features.Accounts;

/// <summary>
/// An account as the identity primitives of ASP.NET Core work with it; on the wire it is a <see cref="Contracts.User"/>. No record, which
/// would show its hash to whatever prints it.
/// </summary>
internal sealed class Account(Guid id, string email, DateTimeOffset? emailVerifiedAt, string name, string? passwordHash)
{
    public Guid Id { get; } = id;

    /// <summary>As it was written; compared by <see cref="EmailAddress.Key"/>.</summary>
    public string Email { get; } = email;

    public DateTimeOffset? EmailVerifiedAt { get; } = emailVerifiedAt;

    public string Name { get; } = name;

    /// <summary>Null for people who only come through an identity provider.</summary>
    public string? PasswordHash { get; set; } = passwordHash;
}
