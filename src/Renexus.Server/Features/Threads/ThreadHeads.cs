using System.Text.Json;
using Npgsql;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Keeps thread lists fresh (docs/spec/changes.md, Heads): tells, a few times a second, how far the threads have moved that did.
/// Costs the hot path one entry in a table; what is told is ephemeral, so it is never kept and never waits for a slow reader.
/// </summary>
internal sealed partial class ThreadHeads(
    Database database, Hub hub, HintBus hints, MessageEncoder encoder, ThreadDirectory directory, RenexusOptions options, TimeProvider clock,
    ILogger<ThreadHeads> logger) : IHostedService, IDisposable
{
    /// <summary>In one message, so that it stays small enough to travel with others.</summary>
    private const int ThreadsAMessage = 100;

    private const int Remembered = 100_000;

    private static readonly Query<AudienceRow> Audience = new(
        "threads.audience",
        """
        select t.id, t.workspace_id, t.is_private,
               array(select v.viewer_id from threads.visible v where v.id = t.id and t.is_private) as viewers
        from threads.thread t
        where t.id = any ($1) and t.deleted_at is null
        """);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>The workspaces of threads that are open to them; a thread never changes between open and private.</summary>
    private readonly Dictionary<Guid, Guid> open = [];

    private Dictionary<Guid, long> moved = [];
    private Task telling = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        database.Committed += OnCommitted;
        hints.Moved += OnMoved;
        telling = Task.Run(TellAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        database.Committed -= OnCommitted;
        hints.Moved -= OnMoved;
        await stopping.CancelAsync();
        await telling;
    }

    public void Dispose()
    {
        stopping.Dispose();
        wake.Dispose();
    }

    private void OnCommitted(IReadOnlyList<Change> changes)
    {
        var isFirst = false;
        lock (gate)
        {
            foreach (var change in changes)
                isFirst |= Note(change.Channel, change.Version);
        }
        if (isFirst)
            wake.Release();
    }

    /// <summary>What other nodes committed.</summary>
    private void OnMoved(IReadOnlyList<(ChannelId Channel, long Version)> channels)
    {
        var isFirst = false;
        lock (gate)
        {
            foreach (var (channel, version) in channels)
                isFirst |= Note(channel, version);
        }
        if (isFirst)
            wake.Release();
    }

    /// <summary>True for the first move since the last time the lists were told: it is the one that wakes the teller, once.</summary>
    private bool Note(ChannelId channel, long version)
    {
        if (channel.Kind != Channels.ThreadKind)
            return false;
        var isFirst = moved.Count == 0;
        moved[channel.Id] = moved.TryGetValue(channel.Id, out var known) ? Math.Max(known, version) : version;
        return isFirst;
    }

    private async Task TellAsync()
    {
        try
        {
            while (true)
            {
                await wake.WaitAsync(stopping.Token);
                await Task.Delay(options.Realtime.HeadsEvery, clock, stopping.Token);
                Dictionary<Guid, long> heads;
                lock (gate)
                    (heads, moved) = (moved, []);
                await TryTellAsync(heads);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task TryTellAsync(Dictionary<Guid, long> heads)
    {
        try
        {
            foreach (var (channel, threads) in await ByListenersAsync(heads))
            {
                foreach (var some in threads.Chunk(ThreadsAMessage))
                    hub.Broadcast(channel, Encode(channel, some));
            }
        }
        catch (NpgsqlException e)
        {
            // Told again with the next move; a client that comes back reads its list anyway.
            LogNotTold(e);
        }
    }

    /// <summary>Who is to be told what: a workspace of its open threads, each participant of the private ones.</summary>
    private async Task<Dictionary<ChannelId, List<(Guid Id, long Version)>>> ByListenersAsync(Dictionary<Guid, long> heads)
    {
        var told = new Dictionary<ChannelId, List<(Guid, long)>>();
        void Tell(ChannelId channel, Guid thread)
        {
            if (!hub.HasListeners(channel))
                return;
            if (!told.TryGetValue(channel, out var threads))
                told[channel] = threads = [];
            threads.Add((thread, heads[thread]));
        }

        var asked = new List<Guid>();
        foreach (var thread in heads.Keys)
        {
            if (open.TryGetValue(thread, out var workspace))
                Tell(Channels.Workspace(workspace), thread);
            else
                asked.Add(thread);
        }
        // Of private threads it is asked each time who sees them now.
        foreach (var row in await AudienceOfAsync(asked))
        {
            if (row.IsPrivate)
            {
                foreach (var viewer in row.Viewers)
                    Tell(Channels.User(viewer), row.Id);
                continue;
            }
            if (open.Count >= Remembered)
                open.Clear();
            open[row.Id] = row.WorkspaceId;
            Tell(Channels.Workspace(row.WorkspaceId), row.Id);
        }
        return told;
    }

    private async Task<IReadOnlyList<AudienceRow>> AudienceOfAsync(List<Guid> threads)
    {
        if (threads.Count == 0)
            return [];
        var workspaces = await directory.WorkspacesOfAsync(threads, stopping.Token);
        return workspaces.Count == 0
            ? []
            : await database.QueryAsync(Scope.In([.. workspaces]), Audience, [threads.ToArray()], stopping.Token);
    }

    private OutboundMessage Encode(ChannelId channel, (Guid Id, long Version)[] threads) =>
        encoder.Update(channel, null, null, threads, static (writer, threads) =>
        {
            writer.WriteString("op"u8, Ops.Heads);
            writer.WriteStartArray("threads"u8);
            foreach (var (id, version) in threads)
                Write(writer, id, version);
            writer.WriteEndArray();
        }, ephemeral: true);

    private static void Write(Utf8JsonWriter writer, Guid id, long version)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteNumber("v"u8, version);
        writer.WriteEndObject();
    }

    private sealed record AudienceRow(Guid Id, Guid WorkspaceId, bool IsPrivate, Guid[] Viewers);

    [LoggerMessage(2301, LogLevel.Warning, "The thread lists were not told of what moved")]
    private partial void LogNotTold(Exception exception);
}
