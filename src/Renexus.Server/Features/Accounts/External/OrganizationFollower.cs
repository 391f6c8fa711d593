namespace Renexus.Server.Features.Accounts.External;

/// <summary>
/// What another feature makes of a provider's organizations and of who belongs to them. Register it as a service. A word may come twice, late or out of order,
/// and again after a crash: each of these does whatever is still to be done.
/// </summary>
internal sealed record OrganizationFollower(
    Func<ExternalOrganization, CancellationToken, Task> OrganizationAsync,
    Func<ExternalMembership, CancellationToken, Task> MembershipAsync,
    Func<ExternalAccount, CancellationToken, Task> PersonAsync);

/// <summary>An organization as its provider has it.</summary>
/// <param name="Version">Which word is newer; by the provider's clock.</param>
/// <param name="Name">Empty when it was deleted.</param>
internal sealed record ExternalOrganization(string Issuer, string Id, long Version, string Name, bool IsDeleted);

/// <summary>That somebody belongs to an organization; who belongs to it again later has another one.</summary>
/// <param name="Organization">Null where only the end was told, without saying of what.</param>
/// <param name="Role">As the provider calls it.</param>
internal sealed record ExternalMembership(string Issuer, string Id, string? Organization, string? Subject, long Version, string? Role, bool IsDeleted);

/// <summary>Whose account a provider's person has.</summary>
/// <param name="UserId">Null while there is none.</param>
internal sealed record ExternalAccount(string Issuer, string Subject, Guid? UserId, bool IsDeleted);
