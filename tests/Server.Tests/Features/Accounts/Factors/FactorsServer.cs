using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

/// <summary>A server with a name that passkeys can be made for, and a clock that the tests move.</summary>
public sealed class FactorsServer : FrozenTestServer
{
    public const string Origin = "https://renexus.example";
    public const string FriendlyOrigin = "https://app.renexus.example";

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings,
        new("Renexus:PublicUrl", Origin),
        new("Renexus:Cors:Origins", FriendlyOrigin),
    ];

    /// <summary>The mails to somebody so far.</summary>
    public string[] MailsTo(string email)
    {
        var folder = Path.Combine(DataDirectory, "mail");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.eml").Select(File.ReadAllText).Where(mail => mail.Contains(email, StringComparison.OrdinalIgnoreCase))]
            : [];
    }
}
