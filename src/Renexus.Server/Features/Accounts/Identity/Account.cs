namespace Renexus.Server.Features.Accounts;

/// <summary>An account as the identity primitives of ASP.NET Core work with it; on the wire it is a <see cref="Contracts.User"/>.</summary>
internal sealed record Account
{
    public Guid Id { get; init; }

    /// <summary>As it was written; compared by <see cref="EmailAddress.Key"/>.</summary>
    public string Email { get; set; } = "";

    public DateTimeOffset? EmailVerifiedAt { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Null for people who only come through an identity provider.</summary>
    public string? PasswordHash { get; set; }
}
