using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Cuts what is left of deleted accounts, a batch at a time (OR-4): at once after a deletion, and now and then for what had to wait: an account's row goes when the
/// last of its access tokens has run out everywhere. An account is one job's at a time.
/// </summary>
internal sealed class AccountRemoval(Database database, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("accounts.remove", Queues.Maintenance);

    public static readonly JobSchedule EveryTenMinutes = new("accounts.remove", "*/10 * * * *", Kind, new NoPayload());

    /// <summary>After a deletion: one that waits will find it, one that has begun may not.</summary>
    public static readonly JobOptions Soon = new() { ForNobody = true, Unique = new UniqueKey("accounts.remove") { OnlyWhileWaiting = true } };

    private const int AtOnce = 1000;

    // Clocks and tokens of other nodes may be a little off.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private static readonly Query<int> Erase = new("accounts.erase", "select accounts.erase($1, $2)");

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await RunAsync(AtOnce, cancellationToken) });

    /// <summary>Removes everything that can go by now; answers how many rows that were.</summary>
    /// <param name="batch">How many rows at once: a transaction must stay far below the statement timeout.</param>
    public async Task<int> RunAsync(int batch, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Sessions.AccessTokenLifetime - Margin;
        var all = 0;
        while (await database.QueryFirstAsync(Scope.None, Erase, [before, batch], cancellationToken) is > 0 and var removed)
            all += removed;
        return all;
    }
}
