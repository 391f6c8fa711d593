using Microsoft.AspNetCore.Identity;

namespace Renexus.Server.Features.Accounts;

/// <summary>ASP.NET Core's identity over our accounts: hashing, rules for passwords, second factors. Sessions and links are ours.</summary>
internal static class IdentityServices
{
    public static IdentityBuilder AddAccountIdentity(this IServiceCollection services)
    {
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddSingleton<IPasswordHasher<Account>, AccountPasswordHasher>();
        // Before AddIdentityCore, which adds its rules of composition only where there are none: those say little about a password
        // (NIST SP 800-63B). Its length is the contract's to check.
        services.AddScoped<IPasswordValidator<Account>, PasswordRules>();
        return services
            .AddIdentityCore<Account>(identity =>
            {
                identity.User.AllowedUserNameCharacters = "";
                identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            })
            .AddUserStore<AccountStore>();
    }
}
