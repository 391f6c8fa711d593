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
        // What holds up guessing of passwords has its own tests, and would hide what is tested here.
        new("Renexus:LogIn:FreeFailures", "20"),
        new("Renexus:LogIn:FreeFailuresOfNetwork", "100000"),
    ];

    /// <summary>The mails to somebody, once all that were put into the outbox have gone.</summary>
    public async Task<string[]> SentToAsync(string email)
    {
        await this.AllMailsAreSentAsync();
        return [.. this.MailsTo(email)];
    }
}
