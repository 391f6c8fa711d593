using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>
/// The real-time protocol over plain HTTP, in the shape of a socket, for networks that let no socket through: what is written goes out with
/// <c>POST /api/send</c>, what comes in is the subclass's. So everything above it is the same over every transport.
/// </summary>
internal abstract class HttpSocket(HttpClient http) : WebSocket
{
    private readonly Channel<byte[]> incoming = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<JsonElement> outgoing = Channel.CreateUnbounded<JsonElement>();
    private readonly CancellationTokenSource ending = new();
    private readonly Dictionary<string, Listened> listened = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private CancellationTokenSource? current;
    private ReadOnlyMemory<byte> rest;
    private WebSocketState state = WebSocketState.Open;
    private WebSocketCloseStatus? closeStatus;
    private string? closeReason;
    private string? token;
    private Task? sending;

    public override WebSocketCloseStatus? CloseStatus => closeStatus;

    public override string? CloseStatusDescription => closeReason;

    public override WebSocketState State => state;

    public override string? SubProtocol => CloseCodes.Subprotocol;

    protected HttpClient Http { get; } = http;

    /// <summary>Ends when the socket does.</summary>
    protected CancellationToken Ending => ending.Token;

    public override void Abort()
    {
        state = WebSocketState.Aborted;
        ending.Cancel();
        incoming.Writer.TryComplete(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));
        outgoing.Writer.TryComplete();
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        if (state == WebSocketState.Open)
            End((int)closeStatus, statusDescription);
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
        Abort();
        ending.Dispose();
        GC.SuppressFinalize(this);
    }

    public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        await SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).ConfigureAwait(false);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        using var frame = JsonDocument.Parse(buffer);
        if (frame.RootElement.ValueKind == JsonValueKind.Array)
        {
            foreach (var message in frame.RootElement.EnumerateArray())
                Take(message.Clone());
        }
        else
        {
            Take(frame.RootElement.Clone());
        }

        return ValueTask.CompletedTask;
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var received = await ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        return new WebSocketReceiveResult(received.Count, received.MessageType, received.EndOfMessage, closeStatus, closeReason);
    }

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (rest.IsEmpty)
        {
            if (!await incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                return new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, endOfMessage: true);
            if (incoming.Reader.TryRead(out var message))
                rest = message;
        }

        var part = rest[..Math.Min(rest.Length, buffer.Length)];
        part.CopyTo(buffer);
        rest = rest[part.Length..];
        return new ValueWebSocketReceiveResult(part.Length, WebSocketMessageType.Text, rest.IsEmpty);
    }

    /// <summary>Takes what comes, from where each channel stands, until it is cancelled or the socket has ended.</summary>
    protected abstract Task ListenAsync(CancellationToken cancellationToken);

    /// <summary>The channels for an address, each with the place it is held at.</summary>
    protected string Asked()
    {
        lock (listened)
            return string.Join(',', listened.Select(entry => entry.Key + "@" + entry.Value));
    }

    /// <summary>The same for those that have not been asked for yet.</summary>
    protected string AskedAnew()
    {
        lock (listened)
            return string.Join(',', listened.Where(entry => !entry.Value.IsBegun).Select(entry => entry.Key + "@" + entry.Value));
    }

    /// <summary>Those of the channels on which one wants to see who is there, and to be seen.</summary>
    protected string Present()
    {
        lock (listened)
            return string.Join(',', listened.Where(entry => entry.Value.IsPresent).Select(entry => entry.Key));
    }

    /// <summary>The session to come back to, as the hello named it.</summary>
    protected string? HelloSession { get; private set; }

    protected HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    /// <summary>Hands a message to whoever receives; those of channels that nobody listens to any more are passed over.</summary>
    protected void Deliver(JsonElement message)
    {
        if (message.TryGetProperty("channel", out var channel) && channel.ValueKind == JsonValueKind.String && channel.GetString() is { } name
            && name != ChannelNames.Session && !message.TryGetProperty("re", out _))
        {
            lock (listened)
            {
                if (!listened.TryGetValue(name, out var place))
                    return;
                place.Move(message);
            }
        }

        incoming.Writer.TryWrite(Encoding.UTF8.GetBytes(message.GetRawText()));
    }

    /// <summary>The channel is listened to no more.</summary>
    protected void Drop(string channel)
    {
        lock (listened)
            listened.Remove(channel);
    }

    protected void Deliver(object message) => Deliver(JsonSerializer.SerializeToElement(message));

    /// <summary>Ends as a close frame would.</summary>
    protected void End(int code, string? reason)
    {
        if (state != WebSocketState.Open)
            return;
        (closeStatus, closeReason, state) = ((WebSocketCloseStatus)code, reason, WebSocketState.CloseReceived);
        incoming.Writer.TryComplete();
        outgoing.Writer.TryComplete();
        ending.Cancel();
    }

    /// <summary>Ends for what an answer says instead of what was asked for.</summary>
    protected async Task RefusedAsync(HttpResponseMessage response)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            problem = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false), ContractsJson.Lenient.Problem);
        var code = problem?.Code switch
        {
            ProblemCodes.TokenExpired => CloseCodes.TokenExpired,
            ProblemCodes.ConnectionLimit => CloseCodes.ConnectionLimit,
            ProblemCodes.Unauthenticated => CloseCodes.SessionEnded,
            _ => 0,
        };
        if (code == 0)
        {
            Abort();
            return;
        }

        Deliver(new { type = MessageTypes.Error, channel = ChannelNames.Session, payload = new { code = problem!.Code, message = problem.Detail ?? problem.Title, retryable = false } });
        End(code, problem.Detail);
    }

    /// <summary>What is listened to has changed, or there is another token: listen anew.</summary>
    private void Listen()
    {
        CancellationTokenSource mine;
        lock (gate)
        {
            current?.Cancel();
            current = mine = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        }

        _ = Task.Run(() => ListenAsync(mine), CancellationToken.None);
    }

    private async Task ListenAsync(CancellationTokenSource mine)
    {
        try
        {
            await ListenAsync(mine.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            // Another one has taken its place, or the network is lost.
            if (!mine.IsCancellationRequested)
                Abort();
        }
        finally
        {
            // One that has ended by itself, as with no channels, is not there to be cancelled.
            lock (gate)
            {
                if (current == mine)
                    current = null;
            }

            mine.Dispose();
        }
    }

    private void Take(JsonElement message)
    {
        var (type, channel) = (message.GetProperty("type").GetString(), message.GetProperty("channel").GetString()!);
        var payload = message.TryGetProperty("payload", out var given) ? given : default;
        if (channel == ChannelNames.Session)
        {
            var hello = payload.Deserialize(ContractsJson.Lenient.HelloPayload)!;
            (token, HelloSession) = (hello.Token ?? token, hello.Session ?? HelloSession);
            foreach (var (name, v, e, presence) in hello.Channels ?? [])
                Add(name, v, e, presence is true);
            sending ??= Task.Run(SendAsync, CancellationToken.None);
            Listen();
        }
        else if (type == MessageTypes.Subscribe)
        {
            var wanted = payload.Deserialize(ContractsJson.Lenient.SubscribePayload)!;
            Add(channel, wanted.V, wanted.E, wanted.Presence is true);
            Listen();
        }
        else if (type == MessageTypes.Unsubscribe)
        {
            lock (listened)
                listened.Remove(channel);
        }
        else
        {
            outgoing.Writer.TryWrite(message);
        }
    }

    private void Add(string channel, long? v, string? e, bool isPresent)
    {
        lock (listened)
            listened[channel] = new Listened(v, e, isPresent);
    }

    /// <summary>What waits goes out together, one request after the other, so that it keeps its order.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (await outgoing.Reader.WaitToReadAsync(Ending).ConfigureAwait(false))
            {
                var messages = new List<JsonElement>();
                while (messages.Count < 100 && outgoing.Reader.TryRead(out var message))
                    messages.Add(message);
                using var content = new StringContent($"[{string.Join(',', messages.Select(message => message.GetRawText()))}]", Encoding.UTF8, "application/json");
                using var request = Request(HttpMethod.Post, "api/send", content);
                using var response = await Http.SendAsync(request, Ending).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    await RefusedAsync(response).ConfigureAwait(false);
                    return;
                }

                using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Ending).ConfigureAwait(false));
                foreach (var message in answer.RootElement.GetProperty("messages").EnumerateArray())
                    Deliver(message.Clone());
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException or ObjectDisposedException)
        {
            // Whether it arrived is not known: the connection counts as lost, and what has no answer is sent again by its id.
            Abort();
        }
    }

    /// <summary>A channel and how far it is held.</summary>
    private sealed class Listened(long? v, string? e, bool isPresent)
    {
        private long? version = v;
        private string? epoch = e;

        public bool IsBegun { get; private set; }

        /// <summary>Whether one wants to be seen there.</summary>
        public bool IsPresent => isPresent;

        public void Move(JsonElement message)
        {
            IsBegun = true;
            if (!message.TryGetProperty("v", out var at) || !message.TryGetProperty("payload", out var payload))
                return;
            if (message.TryGetProperty("e", out var named))
                epoch = named.GetString();
            var isPromise = payload.TryGetProperty("op", out var op) && op.GetString() == Ops.Subscribed
                && payload.GetProperty("mode").GetString() != SubscriptionModes.Live;
            if (!isPromise)
                version = Math.Max(version ?? 0, at.GetInt64());
        }

        public override string ToString() =>
            version is not { } known ? "now" : epoch is null ? known.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{known}.{epoch}";
    }
}
