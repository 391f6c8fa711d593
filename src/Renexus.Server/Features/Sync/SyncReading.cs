using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Sync;

/// <summary>
/// What happened on everything that somebody may see since a moment, a page at a time: the changes first, then the states of channels that
/// changes cannot tell of, because they came into sight meanwhile or moved too far. Without a cursor, or with one that the log does
/// not reach back to, everything comes as states.
/// </summary>
internal sealed class SyncReading(MissedChanges missed, ChannelDirectory channels)
{
    private const int ChangesAPage = 500;
    private const int StatesAPage = 20;

    /// <summary>What a page is full with, however few it holds: the state of a content item has its whole text.</summary>
    private const int FullBytes = 2 * 1024 * 1024;

    public async Task<SyncChanges> ReadAsync(Caller caller, LogCursor? cursor, CancellationToken cancellationToken)
    {
        var now = await missed.NowAsync(caller, cancellationToken);
        var visible = await missed.VisibleAsync(caller, cancellationToken);
        if (cursor is null || !missed.Reaches(cursor, now))
            return await ReadStatesAsync(caller, now with { Since = Moment.Beginning }, now.Since, visible.Select(v => v.Channel), null, isSnapshot: true, cancellationToken);

        // A snapshot that has more pages leads from the beginning to its moment: what is left of it is states.
        var isSnapshot = cursor.Since == Moment.Beginning;
        var until = cursor.Page?.Until ?? now.Since;
        if (isSnapshot)
            return await ReadStatesAsync(caller, cursor, until, visible.Select(v => v.Channel), cursor.Page, isSnapshot: true, cancellationToken);

        var (gained, lost) = await MembershipsAsync(caller, cursor.Since, until, visible, cancellationToken);
        var moved = await missed.MovedAsync([.. visible.Where(v => !IsOf(gained, v.Workspace)).Select(v => v.Channel)], cursor.Since, cancellationToken);
        var states = visible.Where(v => IsOf(gained, v.Workspace)).Select(v => v.Channel).Concat(moved.Where(m => m.IsFar).Select(m => m.Channel)).ToList();
        states.Sort(MissedChanges.Compare);
        var told = cursor.Page is null ? lost : null;
        if (cursor.Page is { IsStates: true })
            return await ReadStatesAsync(caller, cursor, until, states, cursor.Page, isSnapshot: false, cancellationToken);

        var found = await missed.ReadAsync(
            moved.Where(m => !m.IsFar).Select(m => m.Channel), cursor.Since, until, cursor.Page, ChangesAPage, cancellationToken);
        var page = UntilFull(found).ToArray();
        var changes = page.Select(ToContract).ToArray();
        if (page.Length < found.Count || page.Length == ChangesAPage)
        {
            var next = cursor with { Page = new LogPage(until, IsStates: false, page[^1].Channel, page[^1].Version) };
            return new SyncChanges(changes, next.ToString(), Complete: false, Lost: told);
        }
        if (states.Count == 0)
            return new SyncChanges(changes, Done(cursor, now, until), Complete: true, Lost: told);
        var more = cursor with { Page = new LogPage(until, IsStates: true, default, 0) };
        return new SyncChanges(changes, more.ToString(), Complete: false, Lost: told);
    }

    private async Task<SyncChanges> ReadStatesAsync(
        Caller caller, LogCursor cursor, Moment until, IEnumerable<ChannelId> wanted, LogPage? after, bool isSnapshot, CancellationToken cancellationToken)
    {
        var left = wanted.Where(channel => after is null || MissedChanges.Compare(channel, after.Channel) > 0).ToArray();
        var states = new List<SyncChannel>();
        var (read, bytes) = (0, 0);
        for (; read < left.Length && read < StatesAPage && bytes < FullBytes; read++)
        {
            // Gone, or out of sight, in this moment: the next sync tells of it.
            if (await channels[left[read]].SnapshotAsync(caller, left[read].Id, cancellationToken) is not { } state)
                continue;
            states.Add(new SyncChannel(channels.NameOf(left[read]), state.Position.Version, MessageEncoder.EpochName(state.Position.Epoch), JsonElement.Parse(state.Json)));
            bytes += state.Json.Length;
        }
        bool? snapshot = isSnapshot ? true : null;
        if (read == left.Length)
            return new SyncChanges([], Done(cursor, cursor, until), Complete: true, states, Snapshot: snapshot);
        var next = cursor with { Page = new LogPage(until, IsStates: true, left[read - 1], 0) };
        return new SyncChanges([], next.ToString(), Complete: false, states, Snapshot: snapshot);
    }

    /// <summary>As many as fill a page, and one at least.</summary>
    private static IEnumerable<Change> UntilFull(IReadOnlyList<Change> changes)
    {
        var bytes = 0;
        for (var i = 0; i < changes.Count && bytes < FullBytes; i++)
        {
            bytes += changes[i].Data.Length;
            yield return changes[i];
        }
    }

    /// <summary>The workspaces that came into sight between two moments, and the channels that left it.</summary>
    private async Task<(HashSet<Guid> Gained, IReadOnlyList<string>? Lost)> MembershipsAsync(
        Caller caller, Moment since, Moment until, IReadOnlyList<(ChannelId Channel, Guid? Workspace)> visible, CancellationToken cancellationToken)
    {
        var seen = visible.Select(v => v.Workspace).OfType<Guid>().ToHashSet();
        var (gained, lost) = (new HashSet<Guid>(), new HashSet<Guid>());
        LogPage? after = null;
        while (true)
        {
            var page = await missed.ReadAsync([Channels.User(caller.UserId)], since, until, after, ChangesAPage, cancellationToken);
            foreach (var change in page.Where(change => change.Resource is "membership" && change.Op != ChangeOp.Update))
                (change.Op == ChangeOp.Create ? gained : lost).Add(change.ResourceId);
            if (page.Count < ChangesAPage)
                break;
            after = new LogPage(until, IsStates: false, page[^1].Channel, page[^1].Version);
        }
        lost.ExceptWith(seen);
        gained.IntersectWith(seen);
        return (gained, lost.Count == 0 ? null : [.. lost.Select(workspace => channels.NameOf(Channels.Workspace(workspace)))]);
    }

    private static bool IsOf(HashSet<Guid> workspaces, Guid? workspace) => workspace is { } id && workspaces.Contains(id);

    /// <summary>Where the next sync begins. Between two pages its time stays that of the first one.</summary>
    private static string Done(LogCursor cursor, LogCursor now, Moment until) =>
        new LogCursor(now.Epoch, cursor.Page is null ? now.At : cursor.At, until).ToString();

    private SyncChange ToContract(Change change) => new(
        channels.NameOf(change.Channel), change.Version, MessageEncoder.EpochName(change.Epoch), MessageEncoder.OpName(change.Op), change.Resource,
        change.ResourceId, JsonElement.Parse(change.Data.Span), change.Actor, change.Cause);
}
