using Microsoft.AspNetCore.Identity;

namespace Renexus.Server.Features.Accounts;

/// <summary>Identity's look-ups compare addresses as everything else here does.</summary>
internal sealed class EmailNormalizer : ILookupNormalizer
{
    public string? NormalizeEmail(string? email) => email is null ? null : EmailAddress.Key(email);

    public string? NormalizeName(string? name) => NormalizeEmail(name);
}
