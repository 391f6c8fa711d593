using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Webhooks;

/// <summary>
/// Follows the log in processes that work: at once when this or another node has committed something, gathered over a moment; and every 5 s whatever it heard, because
/// hints may be lost (CH7).
/// </summary>
internal sealed partial class EventFollowing(
    Database database, HintBus hints, EventFollower follower, RenexusOptions options, TimeProvider clock, ILogger<EventFollowing> logger) : BackgroundService
{
    /// <summary>How long news are gathered; longer where nobody listens, so that a busy server without webhooks is not asked for nothing.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GatherWhenIdle = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Remembered by name; more than that are looked for among all.</summary>
    private const int MostMoved = 1000;

    private readonly SemaphoreSlim news = new(0, 1);
    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Has(ProcessRoles.Worker))
            return;
        using var moved = new MovedChannels(database, hints, channel => channel.Kind != Channels.UserKind);
        moved.Began += OnNews;
        var lookedAt = long.MinValue;
        try
        {
            while (true)
            {
                var isLook = lookedAt == long.MinValue || clock.GetElapsedTime(lookedAt) >= LookEvery;
                if (isLook)
                    lookedAt = clock.GetTimestamp();
                var isAsked = await TryFollowAsync(Taken(moved, isLook), stoppingToken);
                if (await WaitAsync(LookEvery, stoppingToken))
                    await Task.Delay(isAsked ? Gather : GatherWhenIdle, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on from where it has come to.
        }
    }

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
    }

    private void OnNews()
    {
        if (news.CurrentCount == 0)
            news.Release();
    }

    /// <summary>What moved since the last time; null for everything.</summary>
    private static IReadOnlyList<ChannelId>? Taken(MovedChannels moved, bool isLook)
    {
        var taken = moved.Take();
        return isLook || taken.Count > MostMoved ? null : taken;
    }

    private async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = news.WaitAsync(end.Token);
        await Task.WhenAny(woken, Task.Delay(atMost, clock, end.Token));
        await end.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return woken.IsCompletedSuccessfully;
    }

    private async Task<bool> TryFollowAsync(IReadOnlyList<ChannelId>? channels, CancellationToken cancellationToken)
    {
        if (channels is { Count: 0 })
            return false;
        try
        {
            var isAsked = await follower.FollowAsync(channels, cancellationToken);
            isFailing = false;
            return isAsked;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The next look finds it.
            if (!isFailing)
                LogWaits(e.Message);
            isFailing = true;
            return false;
        }
    }

    [LoggerMessage(3401, LogLevel.Warning, "Webhooks wait: the log could not be followed: {Reason}")]
    private partial void LogWaits(string reason);
}
