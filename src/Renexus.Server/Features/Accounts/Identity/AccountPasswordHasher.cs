using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Identity's hasher, PBKDF2-HMAC-SHA512, with our rounds. It also takes the bcrypt hash that an account brought along from elsewhere,
/// once: who has shown the password gets a hash of ours.
/// </summary>
internal sealed class AccountPasswordHasher(RenexusOptions options)
    : PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = options.Passwords.Iterations }))
{
    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        if (!hashedPassword.StartsWith("$2", StringComparison.Ordinal))
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);

        return Bcrypt.Verify(providedPassword, hashedPassword) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
    }
}
