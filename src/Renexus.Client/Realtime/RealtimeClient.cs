using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>
/// A connection that heals itself: it comes back after every loss, resumes each channel where it was, and replays what was written
/// meanwhile, once and in order (RT-5, RT-6).
/// </summary>
/// <remarks>
/// Handlers run one after the other on the receiving loop: let them be short, and never wait in them for an answer of the same client.
/// An exception in a handler stops the client and comes out of <see cref="Completion"/>. All members may be used from any thread.
/// </remarks>
public sealed class RealtimeClient : IConnectionOwner, IAsyncDisposable
{
    /// <summary>So many channels fit into a hello of at most 100 KB; the others are asked for one by one after the welcome.</summary>
    private const int ChannelsInHello = 500;

    /// <summary>Frames are filled up to here; a larger message travels alone.</summary>
    private const int FrameTarget = 32 * 1024;

    private readonly Uri address;
    private readonly AccessTokenProvider tokens;
    private readonly RealtimeOptions options;
    private readonly Backoff backoff;
    private readonly WriteQueue writes;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<byte[]> control = new();

    private readonly Lock gate = new();
    private readonly Dictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private Connection? connection;
    private TaskCompletionSource hurry = new();
    private TaskCompletionSource online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? run;
    private bool welcomed;
    private bool disposed;

    // Of the receive loop and the loop around it, which never run at once.
    private string? session;
    private string? token;
    private string? staleToken;
    private ErrorPayload? lastError;
    private long messageLimit;

    /// <summary>A client that does not connect yet; see <see cref="Start"/>.</summary>
    /// <param name="address">Where the server is, such as <c>https://renexus.example</c>.</param>
    /// <param name="tokens">Asked before each attempt to connect and a minute before a token runs out.</param>
    /// <param name="options">How to behave.</param>
    public RealtimeClient(Uri address, AccessTokenProvider tokens, RealtimeOptions? options = null)
    {
        this.tokens = tokens;
        this.options = options ?? new RealtimeOptions();
        this.address = new UriBuilder(new Uri(address, "ws")) { Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs }.Uri;
        backoff = new Backoff(this.options.FirstDelay, this.options.LongestDelay, this.options.Jitter);
        writes = new WriteQueue(this.options.Window, this.options.QueueLimit, this.options.TimeProvider, Wake);
    }

    /// <summary>Tells each change of <see cref="Status"/>, in order.</summary>
    public event EventHandler<ConnectionStatus>? StatusChanged;

    /// <summary>Where the connection stands.</summary>
    public ConnectionStatus Status { get; private set; } = new(ConnectionState.Idle);

    /// <summary>The user who is signed in, once welcomed.</summary>
    public Guid? UserId { get; private set; }

    /// <summary>Writes that are not acknowledged yet.</summary>
    public int PendingWrites => writes.Count;

    /// <summary>Completes when the client has stopped for good; fails with what a handler threw.</summary>
    public Task Completion => run ?? Task.CompletedTask;

    /// <summary>Begins to connect; a second call does nothing.</summary>
    public void Start()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            run ??= Task.Run(RunAsync, CancellationToken.None);
        }
    }

    /// <summary>Completes when the client is online; fails with <see cref="RealtimeStoppedException"/> when it never will be again.</summary>
    public Task WhenOnlineAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
            return online.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Does not wait for the next attempt; for programs that learn that the network is back.</summary>
    public void ReconnectNow()
    {
        lock (gate)
            hurry.TrySetResult();
    }

    /// <summary>Listens to a channel, over all reconnects, until the subscription is disposed of.</summary>
    /// <param name="channel">One of the names that <see cref="ChannelNames"/> makes.</param>
    /// <param name="handler">Gets what happens, in order, on the receiving loop.</param>
    /// <param name="from">Where to go on from; null begins with what happens from now on.</param>
    /// <param name="presence">Whether to be told who is present, and to be seen.</param>
    /// <exception cref="InvalidOperationException">The channel has a subscription of this client already.</exception>
    public Subscription Subscribe(string channel, Action<ChannelEvent> handler, ChannelPosition? from = null, bool presence = false)
    {
        var subscription = new Subscription(this, channel, presence, from, handler);
        lock (gate)
        {
            if (!subscriptions.TryAdd(channel, subscription))
                throw new InvalidOperationException($"{channel} has a subscription already.");
        }

        Ask(subscription);
        return subscription;
    }

    /// <summary>The same as a stream, for as long as it is read. What the reader is slow to take waits in memory.</summary>
    /// <inheritdoc cref="Subscribe" path="/param"/>
    public async IAsyncEnumerable<ChannelEvent> ListenAsync(
        string channel, ChannelPosition? from = null, bool presence = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = Channel.CreateUnbounded<ChannelEvent>(new UnboundedChannelOptions { SingleReader = true });
        using var subscription = Subscribe(channel, e => events.Writer.TryWrite(e), from, presence);
        using var end = stopping.Token.Register(() => events.Writer.TryComplete());
        await foreach (var e in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return e;
    }

    /// <summary>Writes a resource; the task completes when the server has committed it, however often the connection breaks meanwhile.</summary>
    /// <param name="channel">The channel the resource is announced on.</param>
    /// <param name="op"><see cref="Ops.Create"/>, <see cref="Ops.Update"/> or <see cref="Ops.Delete"/>.</param>
    /// <param name="resource">The kind of thing, such as <c>message</c>.</param>
    /// <param name="data">Its new members.</param>
    /// <param name="form">How <paramref name="data"/> becomes JSON.</param>
    /// <param name="id">The idempotency key, a new UUIDv7 when null. The same id again, by any client of the user, is the same write.</param>
    /// <param name="resourceId">Which one; a create without takes <paramref name="id"/>.</param>
    /// <param name="baseVersion">The resource's version that the change was made on.</param>
    /// <param name="cancellationToken">Stops waiting, and takes the write back if it was not sent yet.</param>
    /// <exception cref="ProblemException">The server refused it, for good.</exception>
    /// <exception cref="RealtimeStoppedException">The client stopped before an answer came.</exception>
    public Task<WriteAck> WriteAsync<T>(
        string channel,
        string op,
        string resource,
        T data,
        JsonTypeInfo<T> form,
        Guid? id = null,
        Guid? resourceId = null,
        long? baseVersion = null,
        CancellationToken cancellationToken = default)
    {
        var key = id ?? Guid.CreateVersion7();
        var write = writes.Add(key, MessageEncoder.EncodeWrite(channel, key, Now(), op, resource, resourceId, baseVersion, data, form));
        return cancellationToken.CanBeCanceled ? WaitAsync(write, cancellationToken) : write.Answer;
    }

    /// <summary>Sends a message to a thread (TH-2); see <see cref="WriteAsync"/>.</summary>
    public async Task<Message> SendMessageAsync(Guid threadId, PostMessageRequest message, CancellationToken cancellationToken = default)
    {
        var ack = await WriteAsync(
            ChannelNames.Thread(threadId), Ops.Create, "message", message with { Id = null }, ContractsJson.Lenient.PostMessageRequest,
            id: message.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        return ack.Read(ContractsJson.Lenient.Message);
    }

    /// <summary>Sends something passing, such as typing: now or never.</summary>
    /// <returns>False when there is no connection, and the signal is gone.</returns>
    public bool Signal<T>(string channel, T payload, JsonTypeInfo<T> form)
    {
        lock (gate)
        {
            if (!welcomed)
                return false;

            Send(MessageEncoder.Encode(MessageTypes.Update, channel, null, Now(), payload, form));
            return true;
        }
    }

    /// <summary>Completes when every write so far is acknowledged or refused.</summary>
    public Task DrainAsync(CancellationToken cancellationToken = default) => writes.DrainAsync().WaitAsync(cancellationToken);

    /// <summary>Closes the connection; writes that wait fail with <see cref="RealtimeStoppedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Connection? open;
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            open = connection;
        }

        if (open is not null)
            await open.CloseAsync().ConfigureAwait(false);

        await stopping.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Stop(new RealtimeStoppedException(null, null));
        writes.Dispose();
        stopping.Dispose();
    }

    internal void Unsubscribe(Subscription subscription)
    {
        lock (gate)
        {
            if (subscriptions.GetValueOrDefault(subscription.Channel) != subscription)
                return;

            subscriptions.Remove(subscription.Channel);
            if (welcomed)
                Send(MessageEncoder.Encode(MessageTypes.Unsubscribe, subscription.Channel, Guid.CreateVersion7(), Now()));
        }
    }

    internal void AskLater(Subscription subscription, double? seconds)
    {
        var delay = seconds is { } wait ? TimeSpan.FromSeconds(wait) : options.FirstDelay;
        _ = AskAfterAsync();

        async Task AskAfterAsync()
        {
            await Task.Delay(delay, options.TimeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Ask(subscription);
        }
    }

    bool IConnectionOwner.TryWriteFrame(ArrayBufferWriter<byte> frame)
    {
        const int Room = 2;
        var count = 0;
        frame.Write("["u8);
        while (frame.WrittenCount < FrameTarget && TryTakeMessage(FrameTarget - frame.WrittenCount - Room, count == 0, out var message))
        {
            if (count++ > 0)
                frame.Write(","u8);
            frame.Write(message.Span);
        }

        frame.Write("]"u8);
        return count > 0;
    }

    void IConnectionOwner.OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new FrameReader(frame);
        while (reader.TryRead(out var message))
            Dispatch(message);
    }

    // ---- the life of the client -------------------------------------------------------------------------------------

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Report(new ConnectionStatus(ConnectionState.Connecting));
                var end = await ConnectAsync().ConfigureAwait(false);
                if (end.CloseCode is { } code && !CloseCodes.MayReturn(code))
                {
                    Stop(new RealtimeStoppedException(code, lastError?.Message ?? end.Reason));
                    return;
                }

                // Another connection has resumed the session: it is that one's now.
                if (end.CloseCode is CloseCodes.Replaced or CloseCodes.StateLost)
                    session = null;
                if (end.CloseCode == CloseCodes.TokenExpired)
                    staleToken = token;

                await WaitAsync(backoff.Next(), end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed of.
        }
        catch (ProblemException e)
        {
            // Only the token provider asks over HTTP: the log-in is over.
            Stop(new RealtimeStoppedException(CloseCodes.SessionEnded, e.Message, e));
        }
        catch (Exception e)
        {
            Stop(new RealtimeStoppedException(null, e.Message, e));
            throw;
        }
    }

    /// <summary>One connection, from the token to the end.</summary>
    private async Task<ConnectionEnd> ConnectAsync()
    {
        lastError = null;
        try
        {
            token = await tokens(staleToken, stopping.Token).ConfigureAwait(false);
            staleToken = null;
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token);
            var socket = await options.ConnectAsync(address, either.Token).ConfigureAwait(false);
            using var opened = new Connection(socket, options.TimeProvider, options.ConnectTimeout);
            try
            {
                Open(opened);
                return await opened.RunAsync(this, stopping.Token).ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }
        }
        catch (Exception e) when (IsPassing(e))
        {
            return new ConnectionEnd(null, e.Message);
        }
    }

    // A network that is away, and a server that is too busy to renew a token, come back.
    private bool IsPassing(Exception e) => e switch
    {
        OperationCanceledException => !stopping.IsCancellationRequested,
        ProblemException problem => problem.Status is null or 429 or >= 500,
        _ => e is WebSocketException or HttpRequestException or IOException,
    };

    private void Open(Connection opened)
    {
        lock (gate)
        {
            control.Clear();
            var known = subscriptions.Values.Take(ChannelsInHello).ToArray();
            foreach (var subscription in known)
                subscription.TryAsk();
            SendHello(new HelloPayload
            {
                Token = token,
                Client = options.ClientName,
                Session = session,
                Channels = Array.ConvertAll(known, subscription => subscription.Position),
            });
            connection = opened;
            opened.Wake();
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            connection = null;
            welcomed = false;
            if (online.Task.IsCompleted)
                online = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var subscription in subscriptions.Values)
                subscription.Disconnected();
        }

        writes.Rewind();
    }

    private async Task WaitAsync(TimeSpan delay, ConnectionEnd end)
    {
        Task hurried;
        lock (gate)
        {
            hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            hurried = hurry.Task;
        }

        Report(new ConnectionStatus(ConnectionState.Waiting, delay, end.CloseCode, lastError?.Message ?? end.Reason));
        await Task.WhenAny(Task.Delay(delay, options.TimeProvider, stopping.Token), hurried).ConfigureAwait(false);
        stopping.Token.ThrowIfCancellationRequested();
    }

    private void Stop(RealtimeStoppedException reason)
    {
        Subscription[] left;
        lock (gate)
        {
            if (Status.State == ConnectionState.Stopped)
                return;
            left = [.. subscriptions.Values];
            online.TrySetException(reason);
            _ = online.Task.Exception;
        }

        writes.Close(reason);
        foreach (var subscription in left)
            subscription.Stop(reason);
        Report(new ConnectionStatus(ConnectionState.Stopped, null, reason.CloseCode, reason.Message));
    }

    private void Report(ConnectionStatus status)
    {
        Status = status;
        StatusChanged?.Invoke(this, status);
    }

    // ---- what goes out ----------------------------------------------------------------------------------------------

    // The first message of a frame may have any size.
    private bool TryTakeMessage(int room, bool first, out ReadOnlyMemory<byte> message)
    {
        if (control.TryPeek(out var ready))
        {
            message = ready;
            return (first || ready.Length <= room) && control.TryDequeue(out _);
        }

        message = default;
        while (Volatile.Read(ref welcomed) && writes.TryTake(first ? int.MaxValue : room, out var write))
        {
            message = write.Encoded;
            if (messageLimit == 0 || message.Length <= messageLimit)
                return true;

            // The server could not even say which message it was.
            writes.Answered(write.Id)?.Fail(new ProblemException(new ErrorPayload(
                ProblemCodes.PayloadTooLarge, $"The message has {message.Length} bytes; {messageLimit} are allowed.", Retryable: false)));
        }

        return false;
    }

    private void SendHello(HelloPayload payload) =>
        Send(MessageEncoder.Encode(
            MessageTypes.Subscribe, ChannelNames.Session, Guid.CreateVersion7(), Now(), payload, ContractsJson.Lenient.HelloPayload));

    private void Ask(Subscription subscription)
    {
        lock (gate)
        {
            // Before the welcome there is nobody to ask; the hello or what follows the welcome will.
            if (!welcomed || subscriptions.GetValueOrDefault(subscription.Channel) != subscription || !subscription.TryAsk())
                return;

            var (_, v, e) = subscription.Position;
            Send(MessageEncoder.Encode(
                MessageTypes.Subscribe,
                subscription.Channel,
                Guid.CreateVersion7(),
                Now(),
                new SubscribePayload { V = v, E = e, Presence = subscription.Presence ? true : null },
                ContractsJson.Lenient.SubscribePayload));
        }
    }

    private void Send(byte[] message)
    {
        control.Enqueue(message);
        Wake();
    }

    private void Wake()
    {
        // Read without the lock: a connection that is just being opened wakes itself.
        Volatile.Read(ref connection)?.Wake();
    }

    private long Now() => options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<WriteAck> WaitAsync(PendingWrite write, CancellationToken cancellationToken)
    {
        try
        {
            return await write.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            writes.Withdraw(write);
            throw;
        }
    }

    // ---- what comes in ----------------------------------------------------------------------------------------------

    private void Dispatch(in IncomingMessage message)
    {
        if (message.Channel.SequenceEqual("$session"u8))
            OnSession(message);
        else if (message.Re is { } id && message.Op.SequenceEqual("ack"u8))
            OnAck(id, message);
        else if (message.Re is { } refused && message.Type.SequenceEqual("error"u8) && writes.Contains(refused))
            OnRefused(refused, message);
        else if (Find(message.Channel) is { } subscription && !subscription.Apply(message))
            Ask(subscription);
    }

    private Subscription? Find(ReadOnlySpan<byte> channel)
    {
        const int Longest = 128;
        if (channel.IsEmpty || channel.Length > Longest)
            return null;

        Span<char> name = stackalloc char[Longest];
        var length = Encoding.UTF8.GetChars(channel, name);
        lock (gate)
            return subscriptions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var found) ? found : null;
    }

    private void OnAck(Guid id, in IncomingMessage message)
    {
        if (writes.Answered(id) is not { } write)
            return;

        write.Complete(new WriteAck(message.V ?? 0, message.Payload.ToArray()));
        Wake();
    }

    private void OnRefused(Guid id, in IncomingMessage message)
    {
        var error = JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.ErrorPayload)!;
        if (error.Code is ProblemCodes.TokenExpired)
            Renew();

        if (error.Retryable || error.Code is ProblemCodes.RateLimited or ProblemCodes.TokenExpired)
            writes.Postpone(id, error.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : options.FirstDelay);
        else
            writes.Answered(id)?.Fail(new ProblemException(error));
        Wake();
    }

    private void OnSession(in IncomingMessage message)
    {
        if (message.Type.SequenceEqual("error"u8))
            lastError = JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.ErrorPayload);
        else if (message.Op.SequenceEqual("welcome"u8))
            OnWelcome(JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.WelcomePayload)!);
        else if (message.Op.SequenceEqual("expiring"u8))
            Renew();
    }

    private void OnWelcome(WelcomePayload welcome)
    {
        session = welcome.Session;
        messageLimit = welcome.Limits.MessageBytes;
        UserId = welcome.User;
        backoff.Reset();

        Subscription[] all;
        lock (gate)
        {
            // The answer to a renewal says nothing new.
            if (welcomed || connection is null)
                return;

            // Half a heartbeat more than the server needs to say something.
            connection.Patience = TimeSpan.FromSeconds(welcome.Heartbeat * 1.5);
            welcomed = true;
            all = [.. subscriptions.Values];
        }

        Report(new ConnectionStatus(ConnectionState.Online));
        lock (gate)
            online.TrySetResult();
        foreach (var subscription in all)
            Ask(subscription);
        Wake();
    }

    private void Renew()
    {
        _ = RenewAsync(token);

        async Task RenewAsync(string? stale)
        {
            try
            {
                var renewed = await tokens(stale, stopping.Token).ConfigureAwait(false);
                lock (gate)
                {
                    token = renewed;
                    if (welcomed)
                        SendHello(new HelloPayload { Token = renewed });
                }
            }
            catch (Exception e) when (e is ProblemException or HttpRequestException or OperationCanceledException)
            {
                // The server will close with 4010, and the next attempt to connect meets the same failure where it can be told.
            }
        }
    }
}
