using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts;

/// <summary>Asks every rule about a password that somebody wants to have, and says all that is wrong with it.</summary>
internal sealed class NewPasswords(UserManager<Account> users)
{
    /// <summary>Why not; null when it will do.</summary>
    public async Task<ProblemHttpResult?> RefuseAsync(Account account, string password)
    {
        var sentences = new List<string>();
        foreach (var rule in users.PasswordValidators)
            sentences.AddRange((await rule.ValidateAsync(users, account, password)).Errors.Select(error => error.Description));
        return sentences.Count == 0
            ? null
            : Problems.Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["password"] = [.. sentences] });
    }
}
