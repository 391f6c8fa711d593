using System.Diagnostics.CodeAnalysis;
using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Cuts what is left of deleted accounts, a batch at a time (OR-4): at once after a deletion on this node, and now and then for what
/// another one left. An account is one node's at a time. Its row goes when the last of its access tokens has run out everywhere.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the container.")]
internal sealed class AccountRemoval(
    Database database, RenexusOptions options, TimeProvider clock, ILogger<AccountRemoval> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static readonly Query<int> Erase = new("accounts.erase", "select accounts.erase($1, $2)");

    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>An account has just been deleted.</summary>
    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    /// <summary>Removes everything that can go by now; answers how many rows that were.</summary>
    /// <param name="batch">How many rows at once: a transaction must stay far below the statement timeout.</param>
    public async Task<int> RunAsync(int batch, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Sessions.AccessTokenLifetime - Interval;
        var all = 0;
        while (await database.QueryFirstAsync(Scope.None, Erase, [before, batch], cancellationToken) is > 0 and var removed)
            all += removed;
        return all;
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await RunAsync(batch: 1000, stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    logger.RemovalFailed(e);
                }

                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down; the next start goes on.
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(wake.WaitAsync(waiting.Token), Task.Delay(Interval, clock, waiting.Token));
        await waiting.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }
}
