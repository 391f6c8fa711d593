using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Brings this node the log-ins that ended elsewhere, or before it started: an access token is good for 15 minutes, but not
/// longer than its log-in. Reads by the index on <c>ended_at</c>, at once at start and then every two seconds.
/// </summary>
internal sealed class EndedSessionsFeed(
    Database database, EndedSessions ended, RenexusOptions options, TimeProvider clock, ILogger<EndedSessionsFeed> logger)
    : BackgroundService
{
    /// <summary>Covers what commits late, and clocks of nodes that differ.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private sealed record Ending(Guid SessionId);

    private static readonly Query<Ending> EndedSince = new("accounts.ended_since", """
        select session_id from accounts.ended_since($1)
        """);

    private DateTimeOffset since;
    private bool isBlind;

    /// <summary>The first request must not be let in by a token that was ended before the start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        since = clock.GetUtcNow() - options.Sessions.AccessTokenLifetime;
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Sessions.EndedCheck, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await ReadAsync(stoppingToken);
                    isBlind = false;
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    // Said once for each outage; what ended meanwhile is read when it is over.
                    if (!isBlind)
                        logger.EndedSessionsUnknown(e);
                    isBlind = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var asked = clock.GetUtcNow();
        foreach (var ending in await database.QueryAsync(Scope.None, EndedSince, [since - Overlap], cancellationToken))
            ended.End(ending.SessionId);
        since = asked;
    }
}
