using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Removes what has had its time: log-ins that ended long ago with their tokens, links that ran out, old tries and counters, devices not seen for
/// as long as a cookie lives. In small bites, each a transaction of its own.
/// </summary>
internal sealed class Pruning(Database database, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("accounts.prune", Queues.Maintenance);

    public static readonly JobSchedule Hourly = new("accounts.prune", "7 * * * *", Kind, new NoPayload());

    /// <summary>What ended lately is still told apart: a token that comes back from it is a stolen one.</summary>
    internal static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);

    private const int AtOnce = 1000;

    private sealed record Removed(int Count);

    private static readonly Query<Removed> Prune = new("accounts.prune", """
        select accounts.prune($1, $2, $3, $4, $5) as count
        """);

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        int removed, total = 0;
        do
        {
            removed = (await database.QueryFirstAsync(
                Scope.None, Prune, [now - SessionsKept, now - options.LogIn.AttemptsKept, now - KnownDevices.Lifetime, now, AtOnce], cancellationToken))!.Count;
            total += removed;
        }
        while (removed > 0);
        job.SetResult(new { removed = total });
    }
}
