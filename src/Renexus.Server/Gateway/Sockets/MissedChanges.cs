using Renexus.Engine.Changes;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What happened since a moment on the channels that somebody may listen to: for who polls, and for who was away and syncs.</summary>
internal sealed class MissedChanges(ChangeLog log, ChannelDirectory channels, RenexusOptions options, TimeProvider clock)
{
    // What was committed shortly before a moment may bear an older time, and nodes' clocks differ a little.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>Everything that the caller may listen to, by kind and id.</summary>
    public async Task<IReadOnlyList<(ChannelId Channel, Guid? Workspace)>> VisibleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var all = new List<(ChannelId, Guid?)>();
        foreach (var rules in channels.All.OrderBy(rules => rules.Kind))
        {
            if (KeyScopes.Refusal(caller, $"subscribe {rules.Name}") is not null)
                continue;
            var visible = await rules.VisibleAsync(caller, cancellationToken);
            all.AddRange(visible.OrderBy(channel => channel.Id).Select(channel => (new ChannelId(rules.Kind, channel.Id), channel.WorkspaceId)));
        }
        return all;
    }

    /// <summary>A cursor at this moment, for this person.</summary>
    public async Task<LogCursor> NowAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return new LogCursor(await EpochAsync(caller, cancellationToken), now, await log.NowAsync(cancellationToken));
    }

    /// <summary>Whether the log tells what came after the cursor: versions still count in its epoch and nothing of it has been removed.</summary>
    public static bool Reaches(LogCursor cursor, LogCursor now, TimeSpan retention) =>
        cursor.Epoch == now.Epoch && now.At - cursor.At < retention - Margin && cursor.At <= now.At + Margin;

    /// <summary>As <see cref="Reaches(LogCursor, LogCursor, TimeSpan)"/>, for how long changes are kept.</summary>
    public bool Reaches(LogCursor cursor, LogCursor now) => Reaches(cursor, now, options.Database.ChangeRetention);

    /// <summary>Which of the channels have moved; those that moved too far to be told by changes are to be taken anew.</summary>
    public Task<IReadOnlyList<(ChannelId Channel, Position Position, bool IsFar)>> MovedAsync(
        IReadOnlyCollection<ChannelId> wanted, Moment since, CancellationToken cancellationToken) =>
        log.MovedAsync(wanted, since, options.Realtime.MaxDelta, cancellationToken);

    /// <summary>One page of changes between two moments.</summary>
    /// <param name="after">Where the page before ended.</param>
    public Task<IReadOnlyList<Change>> ReadAsync(
        IEnumerable<ChannelId> moved, Moment since, Moment until, LogPage? after, int limit, CancellationToken cancellationToken)
    {
        // In the database's order of kinds and ids, in which the pages come.
        var wanted = new List<(ChannelId, long)>();
        foreach (var channel in moved)
        {
            var order = after is null ? 1 : Compare(channel, after.Channel);
            if (order >= 0)
                wanted.Add((channel, order == 0 ? after!.Version : 0));
        }
        return wanted.Count == 0 ? Task.FromResult<IReadOnlyList<Change>>([]) : log.BetweenAsync(wanted, since, until, limit, cancellationToken);
    }

    /// <summary>The order of pages: by kind, then id. A Guid compares as PostgreSQL's uuid does.</summary>
    public static int Compare(ChannelId x, ChannelId y) => x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : x.Id.CompareTo(y.Id);

    private async Task<long> EpochAsync(Caller caller, CancellationToken cancellationToken)
    {
        var channel = Channels.User(caller.UserId);
        return (await log.HeadsAsync([channel], cancellationToken))[channel].Epoch;
    }
}
