using Microsoft.AspNetCore.Identity;

namespace Renexus.Server.Features.Accounts;

/// <summary>ASP.NET Core's identity over our accounts: hashing, rules for passwords, second factors. Sessions and links are ours.</summary>
internal static class IdentityServices
{
    public static IdentityBuilder AddAccountIdentity(this IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddSingleton<IPasswordHasher<Account>, AccountPasswordHasher>();
        return services
            .AddIdentityCore<Account>(identity =>
            {
                // Length and lists say more than rules of composition (NIST SP 800-63B); both are the contract's and PasswordRules' to check.
                identity.Password = new Microsoft.AspNetCore.Identity.PasswordOptions
                {
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                    RequiredUniqueChars = 1,
                    RequiredLength = 8,
                };
                identity.User.AllowedUserNameCharacters = "";
                identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            })
            .AddUserStore<AccountStore>();
    }
}
