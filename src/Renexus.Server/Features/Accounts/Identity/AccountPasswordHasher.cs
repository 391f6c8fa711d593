using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>Identity's hasher, PBKDF2-HMAC-SHA512, with our rounds.</summary>
internal sealed class AccountPasswordHasher(RenexusOptions options)
    : PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = options.Passwords.Iterations }));
