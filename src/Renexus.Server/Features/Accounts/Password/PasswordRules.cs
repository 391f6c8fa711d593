using Microsoft.AspNetCore.Identity;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// What is refused is what others would try first: the passwords that many people have, and words that belong to the product or the person.
/// Of what kinds its characters are says little about a password, and is nobody's business.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    private const int MinWordLength = 4;
    private const int MinRest = 6;
    private const string Product = "renexus";

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        var errors = Check(user, password ?? "").Select(sentence => new IdentityError { Code = "Password", Description = sentence });
        return Task.FromResult(errors.ToArray() is { Length: > 0 } wrong ? IdentityResult.Failed(wrong) : IdentityResult.Success);
    }

    private static IEnumerable<string> Check(Account user, string password)
    {
        if (CommonPasswords.Contains(password))
            yield return "Many people use this password, so it is among the first to be tried. Choose another.";
        if (string.Equals(EmailAddress.Key(password), EmailAddress.Key(user.Email), StringComparison.Ordinal)
            || IsLittleMoreThan(password, user.Email.Split('@')[0]))
            yield return "It must not be the email address, with little or nothing added.";
        if (user.Name.Split(' ').Append(user.Name).Any(name => IsLittleMoreThan(password, name)))
            yield return "It must not be your name, with little or nothing added.";
        if (IsLittleMoreThan(password, Product))
            yield return "It must not be the name of this product, with little or nothing added.";
    }

    /// <summary>Whether somebody who tries that word with a year or an exclamation mark behind it gets there.</summary>
    private static bool IsLittleMoreThan(string password, string word) =>
        word.Length >= MinWordLength && password.Contains(word, StringComparison.OrdinalIgnoreCase)
        && password.Replace(word, "", StringComparison.OrdinalIgnoreCase).Length < MinRest;
}
