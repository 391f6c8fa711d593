using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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
public sealed partial class RealtimeClient : IConnectionOwner, IAsyncDisposable
{
    private static readonly TimeSpan TypingEvery = TimeSpan.FromSeconds(3);

    private readonly Uri address;
    private readonly AccessTokenProvider tokens;
    private readonly RealtimeOptions options;
    private readonly Backoff backoff;
    private readonly WriteQueue writes;
    private readonly TransportChoice transports;
    private readonly HttpClient http;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<byte[]> control = new();

    private readonly Lock gate = new();
    private readonly Dictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private Connection? connection;
    private TaskCompletionSource hurry = new();
    private TaskCompletionSource online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? run;
    private bool welcomed;
    private bool wasWelcomed;
    private (Guid Thread, long At) typing;
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
        transports = new TransportChoice(this.options.Transports);
        http = this.options.Http ?? new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        writes = new WriteQueue(this.options.Window, this.options.QueueLimit, this.options.TimeProvider, Wake);
    }

    /// <summary>Tells each change of <see cref="Status"/>, in order.</summary>
    public event EventHandler<ConnectionStatus>? StatusChanged;

    /// <summary>Where the connection stands.</summary>
    public ConnectionStatus Status { get; private set; } = new(ConnectionState.Idle);

    /// <summary>The way to the server that is in use, or was last tried (RT-8).</summary>
    public Transport Transport => transports.Current;

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

    /// <summary>
    /// Says that the user is typing in a thread (TH-4). Call it at each key: it is sent every 3 s at most. It passes by: without a connection nothing is sent.
    /// </summary>
    public void SayTyping(Guid threadId)
    {
        lock (gate)
        {
            var isSame = typing.Thread == threadId && typing.At != 0 && options.TimeProvider.GetElapsedTime(typing.At) < TypingEvery;
            if (!welcomed || isSame)
                return;
            typing = (threadId, options.TimeProvider.GetTimestamp());
            Send(MessageEncoder.Encode(
                MessageTypes.Update, ChannelNames.Thread(threadId), null, Now(), new TypingPayload(Ops.Typing), ContractsJson.Lenient.TypingPayload));
        }
    }

    /// <summary>Reacts to a message (TH-3); reacting again with the same emoji is answered with the reaction that stands.</summary>
    public async Task<Reaction> ReactAsync(Guid threadId, Guid messageId, string emoji, CancellationToken cancellationToken = default)
    {
        var ack = await WriteAsync(
            ChannelNames.Thread(threadId), Ops.Create, "reaction", new ReactionData { MessageId = messageId, Emoji = emoji },
            ContractsJson.Lenient.ReactionData, cancellationToken: cancellationToken).ConfigureAwait(false);
        return ack.Read(ContractsJson.Lenient.Reaction);
    }

    /// <summary>Takes the own reaction back.</summary>
    public Task RemoveReactionAsync(Guid threadId, Guid messageId, string emoji, CancellationToken cancellationToken = default) =>
        WriteAsync(
            ChannelNames.Thread(threadId), Ops.Delete, "reaction", new ReactionData { MessageId = messageId, Emoji = emoji },
            ContractsJson.Lenient.ReactionData, cancellationToken: cancellationToken);

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
        if (options.Http is null)
            http.Dispose();
        stopping.Dispose();
    }
}
