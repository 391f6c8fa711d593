using System.Text.RegularExpressions;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features;

/// <summary>What has come by mail: the server of a test writes mails to its folder.</summary>
internal static partial class Mails
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A new person whose address is known to be that person's, as if the link of its mail had been followed.</summary>
    public static async Task<TestUser> VerifiedAsync(this TestServer server, string name)
    {
        var user = await server.SignedInAs(name);
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now() where id = $1", user.Id);
        return user;
    }

    /// <summary>The one mail to this address that is meant, as soon as it is there.</summary>
    public static async Task<string> MailToAsync(this TestServer server, string email, Func<string, bool> isMeant)
    {
        string[] found = [];
        await Eventually.TrueAsync($"a mail to {email}", Patience, () => (found = [.. server.MailsTo(email).Where(isMeant)]).Length > 0);
        return Assert.Single(found);
    }

    /// <summary>The newest mail to this address with a link to that page (<c>reset</c>, <c>verify</c>), as soon as there are so many.</summary>
    public static async Task<string> TokenToAsync(this TestServer server, string email, string page, int count = 1)
    {
        string[] found = [];
        await Eventually.TrueAsync($"{count} mails to {email} with a link to /{page}", Patience, () =>
            (found = [.. server.MailsTo(email).Where(mail => mail.Contains($"/{page}?token=", StringComparison.Ordinal))]).Length >= count);
        Assert.Equal(count, found.Length);
        return TokenIn(found[^1]);
    }

    /// <summary>All that has come to this address so far, in the order of sending.</summary>
    public static IEnumerable<string> MailsTo(this TestServer server, string email)
    {
        var folder = Path.Combine(server.DataDirectory, "mail");
        return !Directory.Exists(folder) ? [] : Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText)
            .Where(mail => mail.Contains($"To: {email}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Completes when no mail waits any more: from then on, what has not come was not sent.</summary>
    public static Task AllMailsAreSentAsync(this TestServer server) => server.MailsAreSentAsync("");

    /// <summary>The same of the mails whose data contain these words.</summary>
    public static Task MailsAreSentAsync(this TestServer server, string words) =>
        Eventually.TrueAsync("no mail that waits", Patience, async () => await server.ScalarAsync<long>("""
            select count(*) from (
              select kind, payload from jobs.ready union all select kind, payload from jobs.later union all select kind, payload from jobs.running) waiting
            where kind like 'mail.%' and payload like '%' || $1 || '%'
            """, words) == 0);

    public static string TokenIn(string mail) => Token().Match(mail).Groups["token"].Value;

    [GeneratedRegex(@"\?token=(?<token>[A-Za-z0-9_-]{43})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
