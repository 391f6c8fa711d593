using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Changes;

/// <summary>
/// Tells the other nodes, within milliseconds, which channels have moved and what they must act on at once. Only a hint:
/// whoever misses one learns the same from the log within 5 s (CH7). Hints are gathered and sent as one packed NOTIFY
/// on a connection of their own, never inside a business transaction, where NOTIFY would serialize all commits.
/// </summary>
public sealed partial class HintBus(Database database, Guid node, TimeProvider clock, ILogger<HintBus> logger) : IAsyncDisposable
{
    private const string Topic = "renexus_hints";
    private const int MaxPayload = 7_900; // NOTIFY takes less than 8 000 bytes

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly Command Notify = new("hints.notify", "select pg_notify('renexus_hints', $1)");

    private readonly Lock gate = new();
    private readonly Dictionary<ChannelId, long> moved = [];
    private readonly HashSet<string> signals = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private Task sending = Task.CompletedTask;
    private Task listening = Task.CompletedTask;

    /// <summary>Other nodes committed on these channels, up to these versions.</summary>
    public event Action<IReadOnlyList<(ChannelId Channel, long Version)>>? Moved;

    /// <summary>Another node asks for something to be acted on at once, as <c>kind:value</c>.</summary>
    public event Action<string, string>? Signalled;

    /// <summary>The listening connection came (back): hints may have been missed, so positions are to be checked now.</summary>
    public event Action? Reconnected;

    /// <summary>Whether another node may be listening; without one nothing is sent.</summary>
    public bool HasPeers { get; set; } = true;

    public void Start()
    {
        sending = Task.Run(SendAsync, CancellationToken.None);
        listening = Task.Run(ListenAsync, CancellationToken.None);
    }

    /// <summary>Tells the others that a channel has reached a version.</summary>
    public void Add(ChannelId channel, long version)
    {
        if (!HasPeers)
            return;
        lock (gate)
            moved[channel] = moved.TryGetValue(channel, out var known) ? Math.Max(known, version) : version;
        Wake();
    }

    /// <summary>Asks the others to act at once, once for the same asked several times in a moment; the value must not hold <c>;</c>.</summary>
    public void Signal(string kind, string value)
    {
        lock (gate)
            signals.Add($"{kind}:{value}");
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever stops it in order comes first, the container later.
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await Task.WhenAll(sending, listening);
        stopping.Dispose();
    }

    private void Wake()
    {
        if (wake.CurrentCount > 0)
            return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it between the look and the call.
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await wake.WaitAsync(stopping.Token);
                await Task.Delay(FlushInterval, clock, stopping.Token);
                foreach (var payload in Take())
                    await TrySendAsync(payload);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task TrySendAsync(string payload)
    {
        try
        {
            await database.ExecuteLogAsync(Notify, [payload], stopping.Token);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Lost hints are made up for by the position check.
            LogSendFailed(e);
        }
    }

    /// <summary>What is to be told, in payloads: the node, then <c>kind,id,version</c> or <c>!kind:value</c>, each ended by <c>;</c>.</summary>
    private List<string> Take()
    {
        var payloads = new List<string>();
        var text = new StringBuilder();
        void Append(string entry)
        {
            if (text.Length + entry.Length + 1 > MaxPayload)
                Finish();
            if (text.Length == 0)
                text.Append(node.ToString("N")).Append(';');
            text.Append(entry).Append(';');
        }
        void Finish()
        {
            if (text.Length > 0)
                payloads.Add(text.ToString());
            text.Clear();
        }
        lock (gate)
        {
            foreach (var signal in signals)
                Append("!" + signal);
            foreach (var (channel, version) in moved)
                Append(string.Create(CultureInfo.InvariantCulture, $"{channel.Kind},{Base64Url.EncodeToString(channel.Id.ToByteArray())},{version}"));
            signals.Clear();
            moved.Clear();
        }
        Finish();
        return payloads;
    }

    private async Task ListenAsync()
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.Log.OpenConnectionAsync(stopping.Token);
                connection.Notification += (_, e) => Receive(e.Payload);
                await using (var listen = new NpgsqlCommand($"listen {Topic}", connection))
                    await listen.ExecuteNonQueryAsync(stopping.Token);
                pause = FirstPause;
                Reconnected?.Invoke();
                while (true)
                    await connection.WaitAsync(stopping.Token);
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested)
                    return;
                LogListenLost(e);
            }
            await Task.Delay(pause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Receive(string payload)
    {
        var entries = payload.Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (entries.Length == 0 || string.Equals(entries[0], node.ToString("N"), StringComparison.Ordinal))
            return;
        var channels = new List<(ChannelId, long)>(entries.Length);
        foreach (var entry in entries.AsSpan(1))
        {
            if (entry.StartsWith('!'))
            {
                var colon = entry.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                    Signalled?.Invoke(entry[1..colon], entry[(colon + 1)..]);
            }
            else if (entry.Split(',') is [var kind, var id, var version])
            {
                channels.Add((
                    new ChannelId(short.Parse(kind, CultureInfo.InvariantCulture), new Guid(Base64Url.DecodeFromChars(id))),
                    long.Parse(version, CultureInfo.InvariantCulture)));
            }
        }
        if (channels.Count > 0)
            Moved?.Invoke(channels);
    }

    [LoggerMessage(1201, LogLevel.Warning, "Hints could not be sent; the other nodes find the changes by their position check")]
    private partial void LogSendFailed(Exception exception);

    [LoggerMessage(1202, LogLevel.Warning, "The listening connection was lost and is opened again")]
    private partial void LogListenLost(Exception exception);
}
