using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Load.Measuring;

namespace Renexus.Load.Loads;

/// <summary>
/// An editor reduced to what it says: it puts signs somewhere into a text of which it knows the length and the version. As CodeMirror's it has one push under way, and the next
/// one, with all that was typed meanwhile, leaves when its own has come back.
/// </summary>
internal sealed class DocumentEditor : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<Answer>> asked = new();
    private readonly TaskCompletionSource<long> began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock gate = new();
    private readonly string clientId = Guid.CreateVersion7().ToString();
    private readonly string channel;
    private readonly Random random;
    private Task receiving = Task.CompletedTask;
    private Place place;
    private (long Document, TaskCompletionSource Reached)? awaited;

    private DocumentEditor(Guid item, Place place, int seed) => (channel, this.place, random) = (ChannelNames.Content(item), place, new Random(seed));

    /// <summary>Called with the editor of each update of another one, and when it came.</summary>
    public Action<string, long>? Heard { get; set; }

    /// <summary>Opens a document as an editor does: what it says and where it stands, then everything after that.</summary>
    public static async Task<DocumentEditor> OpenAsync(HttpClient http, string token, Guid item, int seed, CancellationToken cancellationToken)
    {
        var read = JsonElement.Parse(await http.GetByteArrayAsync(new Uri($"/api/content/{item}", UriKind.Relative), cancellationToken));
        var editor = new DocumentEditor(item, new Place(read.GetProperty("document").GetInt64(), read.GetProperty("body").GetString()!.Length), seed);
        await editor.ConnectAsync(http.BaseAddress!, token, new ChannelPosition(editor.channel, read.GetProperty("head").GetInt64()), cancellationToken);
        return editor;
    }

    /// <summary>The bytes of a document's state over its channel, asked for by who holds one of another time.</summary>
    public static async Task<long> ReadStateAsync(Uri address, string token, Guid item, CancellationToken cancellationToken)
    {
        await using var editor = new DocumentEditor(item, new Place(0, 0), seed: 0);
        return await editor.ConnectAsync(address, token, new ChannelPosition(editor.channel, 1, "another"), cancellationToken);
    }

    /// <summary>Puts something somewhere; returns when it has come back, and says when it was acknowledged.</summary>
    /// <param name="updates">So many, each of one text.</param>
    public async Task<long> PushAsync(string text, int updates = 1)
    {
        var answer = await (await SendAsync(place, text, updates, clientId));
        await CaughtUpAsync(answer.Document);
        return answer.At;
    }

    /// <summary>Pushes what was made so many versions ago, when the text was so much shorter; says when it was acknowledged.</summary>
    public async Task<long> PushLateAsync(string text, int versions, int units)
    {
        var answer = await (await SendAsync(new Place(place.Document - versions, place.Length - units), text, 1, clientId));
        await CaughtUpAsync(answer.Document);
        return answer.At;
    }

    /// <summary>Pushes over and over, as so many editors at once, while everybody puts in texts of this length: then each acknowledgement says where to go on.</summary>
    public async Task PushManyAsync(string text, int count, int editors)
    {
        var (start, left) = (place, count);
        var reached = await Task.WhenAll(Enumerable.Range(0, editors).Select(async editor =>
        {
            var at = start;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var answer = await (await SendAsync(at, text, 1, $"{clientId}-{editor}"));
                at = new Place(answer.Document, start.Length + ((int)(answer.Document - start.Document) * text.Length));
            }
            return at.Document;
        }));
        await CaughtUpAsync(reached.Max());
    }

    /// <summary>Types at a speed, key by key; each key's latency is from when it was pressed to when it was acknowledged, also while it had to wait for the push before it.</summary>
    /// <param name="typed">Takes when each was pressed, by editor, for those that hear of it.</param>
    public async Task TypeAsync(
        double keysPerSecond, TimeSpan duration, Latencies latencies, ConcurrentDictionary<string, ConcurrentQueue<long>> typed, CancellationToken cancellationToken)
    {
        var mine = typed.GetOrAdd(clientId, _ => new());
        var start = Stopwatch.GetTimestamp();
        var pace = new Pace(keysPerSecond, start + (long)(random.NextDouble() * Stopwatch.Frequency / keysPerSecond));
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        while (pace.NextDue < end)
        {
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), pace.NextDue);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, TimeProvider.System, cancellationToken);
            var (now, pressed) = (Stopwatch.GetTimestamp(), new List<long>());
            while (pace.TryTake(now, out _, out var due))
                // The timer's own lateness is no latency of the server's.
                pressed.Add(wait > TimeSpan.Zero ? now : due);
            pressed.ForEach(mine.Enqueue);
            if (pressed.Count == 0)
                continue;
            var at = await PushAsync("k", pressed.Count);
            lock (latencies)
                pressed.ForEach(key => latencies.Add(key, at));
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        turn.Dispose();
    }

    /// <returns>The bytes that came before it began.</returns>
    private async Task<long> ConnectAsync(Uri address, string token, ChannelPosition from, CancellationToken cancellationToken)
    {
        socket.Options.AddSubProtocol(CloseCodes.Subprotocol);
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, cancellationToken);
        receiving = ReceiveAsync();
        var payload = new HelloPayload { Token = token, Client = "Renexus.Load/1.0", Channels = [from] };
        await socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(
                new RealtimeMessage(
                    MessageTypes.Subscribe, ChannelNames.Session, JsonSerializer.SerializeToElement(payload, ContractsJson.Lenient.HelloPayload), Id: Guid.CreateVersion7().ToString()),
                ContractsJson.Lenient.RealtimeMessage),
            WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        return await began.Task.WaitAsync(cancellationToken);
    }

    private async Task<Task<Answer>> SendAsync(Place at, string text, int updates, string client)
    {
        var id = Guid.CreateVersion7();
        var answer = asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var made = new StringBuilder();
        for (var (i, length) = (0, at.Length); i < updates; i++, length += text.Length)
        {
            int before;
            lock (random)
                before = random.Next(1, length);
            made.Append(CultureInfo.InvariantCulture, $$"""{{(i > 0 ? "," : "")}}{"clientID":"{{client}}","changes":[{{before}},[0,"{{text}}"],{{length - before}}]}""");
        }
        var message = $$"""{"type":"update","channel":"{{channel}}","id":"{{id}}","timestamp":0,"payload":{"op":"push","base":{{at.Document}},"updates":[{{made}}]} }""";
        await turn.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
        return answer.Task;
    }

    private Task CaughtUpAsync(long document)
    {
        lock (gate)
        {
            if (place.Document >= document)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = (document, reached);
            return reached.Task;
        }
    }

    private async Task ReceiveAsync()
    {
        var (buffer, filled, all) = (new byte[64 * 1024], 0, 0L);
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
                var part = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw new IOException($"The server closed a connection: {socket.CloseStatus} {socket.CloseStatusDescription}");
                (filled, all) = (filled + part.Count, all + part.Count);
                if (!part.EndOfMessage)
                    continue;
                Take(buffer.AsSpan(0, filled), all);
                filled = 0;
            }
        }
        catch (Exception e)
        {
            began.TrySetException(e);
            foreach (var (_, answer) in asked)
                answer.TrySetException(e);
            lock (gate)
                awaited?.Reached.TrySetException(e);
            throw;
        }
    }

    private void Take(ReadOnlySpan<byte> frame, long bytes)
    {
        var now = Stopwatch.GetTimestamp();
        var reader = new FrameReader(frame);
        while (reader.TryRead(out var message))
        {
            if (message.Type.SequenceEqual("error"u8))
                throw new IOException($"The server refused a push: {Encoding.UTF8.GetString(message.Payload)}");
            if (message is { Re: { } id } && message.Op.SequenceEqual("ack"u8) && asked.TryRemove(id, out var answer))
                answer.SetResult(new Answer(JsonElement.Parse(message.Payload).GetProperty("document").GetInt64(), now));
            else if (message.Op.SequenceEqual("updates"u8))
                Move(JsonElement.Parse(message.Payload), now);
            else if (message.Op.SequenceEqual("snapshot"u8) || (message.Op.SequenceEqual("subscribed"u8) && message.Payload.IndexOf("\"snapshot\""u8) < 0))
                began.TrySetResult(bytes);
        }
    }

    private void Move(JsonElement payload, long now)
    {
        lock (gate)
        {
            foreach (var update in payload.GetProperty("updates").EnumerateArray())
            {
                place = new Place(place.Document + 1, place.Length + update.GetProperty("changes").EnumerateArray().Sum(Growth));
                if (update.GetProperty("clientID").GetString() is { } client && !string.Equals(client, clientId, StringComparison.Ordinal))
                    Heard?.Invoke(client, now);
            }
            if (awaited is not var (document, reached) || place.Document < document)
                return;
            awaited = null;
            reached.SetResult();
        }
    }

    private static int Growth(JsonElement part) =>
        part.ValueKind == JsonValueKind.Number ? 0 : part.EnumerateArray().Skip(1).Sum(line => line.GetString()!.Length + 1) - (part.GetArrayLength() > 1 ? 1 : 0) - part[0].GetInt32();

    /// <param name="Document">The version of the document.</param>
    private sealed record Place(long Document, int Length);

    /// <param name="At">When it came.</param>
    private readonly record struct Answer(long Document, long At);
}
