using System.Net;
using System.Security.Cryptography;
using System.Text;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// How many mails people may have sent to an address, and from a network, whether there is such an account or not. Kept in the database, so
/// that neither a restart nor another node gives more.
/// </summary>
internal sealed class MailRequests(RenexusOptions options, TimeProvider clock)
{
    private const int HoursOfADay = 24;
    private static readonly int[] One = [1];

    private sealed record Answer(bool IsAllowed);

    private static readonly Query<Answer> May = new("accounts.may_mail", """
        select accounts.may_mail($1, $2, $3, $4) as is_allowed
        """);

    /// <summary>Counts one, if it may be sent.</summary>
    public async Task<bool> TryTakeAsync(Work work, string kind, string emailKey, IPAddress? from, CancellationToken cancellationToken)
    {
        var limits = options.Accounts;
        var answer = await work.QueryFirstAsync(
            May,
            [
                new[] { KeyOf(kind, "address", emailKey), KeyOf(kind, "network", Network.Of(from)) },
                new[] { limits.MailsPerHour, limits.MailsPerHourFromNetwork },
                new[] { limits.MailsPerDay, limits.MailsPerHourFromNetwork * HoursOfADay },
                clock.GetUtcNow(),
            ],
            cancellationToken);
        return answer!.IsAllowed;
    }

    /// <summary>Counts one of what an account's owner is told once a day at most.</summary>
    public async Task<bool> TryTakeOnceADayAsync(Work work, string kind, Guid userId, CancellationToken cancellationToken) =>
        (await work.QueryFirstAsync(
            May, [new[] { KeyOf(kind, "account", userId.ToString()) }, One, One, clock.GetUtcNow()], cancellationToken))!.IsAllowed;

    private static byte[] KeyOf(string kind, string what, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{what}\n{value}"));
}
