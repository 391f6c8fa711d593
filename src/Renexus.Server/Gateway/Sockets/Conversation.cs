using System.Text.Json;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// One client's real-time conversation (PROTOCOL, Real-time; docs/spec/realtime.md): hello, subscriptions, writes, renewal,
/// heartbeats. Messages are taken one after the other; the acknowledgement of a write comes when it has been committed.
/// </summary>
internal sealed partial class Conversation : ISocketHandler, ISubscriber, IWatcher, ITimed
{
    private static readonly TimeSpan ExpiryNotice = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BrokenWindow = TimeSpan.FromMinutes(1);
    private const int BrokenLimit = 5;

    private readonly RealtimeServices services;
    private readonly IClientConnection socket;
    private readonly Origin origin;
    private readonly long opened;
    private readonly Dictionary<ChannelId, Subscription> subscriptions = [];
    private Caller? caller;
    private Subscription? own;
    private Guid session;
    private bool isGreeted;
    private bool isResumed;
    private bool mustResync;
    private bool isWarned;
    private bool isClosed;
    private volatile bool isSlow;
    private long broken;
    private long brokenSince;
    private long lastBeat;

    public Conversation(RealtimeServices services, IClientConnection socket, Caller? caller, Origin origin)
    {
        (this.services, this.socket, this.caller, this.origin) = (services, socket, caller, origin);
        opened = services.Clock.GetTimestamp();
        Connection = Random.Shared.NextInt64();
        services.Conversations.Add(this);
        if (socket.CanAsk)
            services.Wheel.Add(this, services.Options.Realtime.HelloTimeout);
    }

    /// <summary>Tells this connection from any other, on any node.</summary>
    public long Connection { get; }

    /// <summary>Who speaks; null before the hello.</summary>
    public Caller? Caller => caller;

    bool ISubscriber.IsSlow => isSlow;

    public bool TrySend(OutboundMessage message) => socket.TrySend(message);

    public void Close(CloseCode code, string reason, bool discard = false) => socket.Close(code, reason, discard);

    /// <summary>Nothing is being written to the client any more.</summary>
    public Task DrainedAsync() => socket.DrainedAsync();

    // ── what comes in ────────────────────────────────────────────────────────────────────────────────

    public ValueTask OnTextAsync(ReadOnlyMemory<byte> json)
    {
        var first = json.Span.TrimStart(" \t\r\n"u8);
        return first.Length > 0 && first[0] == (byte)'[' ? OnArrayAsync(json) : OnMessageAsync(json);
    }

    public ValueTask OnOversizeAsync(ReadOnlyMemory<byte> head)
    {
        var problem = new CodedProblem(
            ProblemCode.PayloadTooLarge, $"A message is at most {services.Options.Limits.MessageBytes} bytes; upload large content as a file.");
        Refuse(problem, null, ClientMessage.FindId(head.Span));
        if (!isGreeted)
            Close(CloseCode.Protocol, "the first message must be the hello");
        return ValueTask.CompletedTask;
    }

    private async ValueTask OnArrayAsync(ReadOnlyMemory<byte> json)
    {
        List<ReadOnlyMemory<byte>> elements;
        try
        {
            elements = Split(json);
        }
        catch (JsonException)
        {
            OnBroken(null);
            return;
        }
        foreach (var element in elements)
            await OnMessageAsync(element);
    }

    private ValueTask OnMessageAsync(ReadOnlyMemory<byte> json)
    {
        try
        {
            var message = ClientMessage.Read(json.Span);
            return Dispatch(message);
        }
        catch (RefusedMessage e)
        {
            Refuse(e.Problem, null, ClientMessage.FindId(json.Span));
        }
        catch (JsonException e) when (IsTooDeep(e))
        {
            Refuse(Problems.Invalid("$", Json.Explain(e)), null, ClientMessage.FindId(json.Span));
        }
        catch (JsonException)
        {
            OnBroken(ClientMessage.FindId(json.Span));
        }
        if (!isGreeted)
            Close(CloseCode.Protocol, "the first message must be the hello");
        return ValueTask.CompletedTask;
    }

    private ValueTask Dispatch(ClientMessage message)
    {
        var isSession = string.Equals(message.Channel, ChannelNames.Session, StringComparison.Ordinal);
        if (!isGreeted)
        {
            if (isSession && message.Type is "subscribe")
                return GreetAsync(message.Id, Payload<HelloPayload>(message.Payload) ?? new HelloPayload());
            Close(CloseCode.Protocol, "the first message must be the hello");
            return ValueTask.CompletedTask;
        }
        if (message.Channel is not { } channel)
            throw new RefusedMessage("channel", "It is required.");
        switch (message.Type)
        {
            case "subscribe" or "unsubscribe" when !socket.CanListen:
                throw new RefusedMessage("type", "A request does not listen; GET /api/events and GET /api/poll do.");
            case "subscribe" when isSession:
                return RenewAsync(message.Id, Payload<HelloPayload>(message.Payload) ?? new HelloPayload());
            case "subscribe":
                return SubscribeAsync(channel, message.Id, Payload<SubscribePayload>(message.Payload) ?? new SubscribePayload());
            case "unsubscribe":
                Unsubscribe(channel, message.Id);
                return ValueTask.CompletedTask;
            case "update" when EphemeralOp(message.Payload) is { } op && op is not Ops.Push:
                return TellAsync(channel, op, message.Id, message.Payload.ToArray());
            case "update" when message.Id is null:
                throw new RefusedMessage("id", "A write needs an id.");
            case "update" when EphemeralOp(message.Payload) is not null:
                return PushAsync(channel, message.Id, message.Payload);
            case "update":
                return WriteAsync(channel, message.Id, message.Payload);
            default:
                throw new RefusedMessage("type", "It must be subscribe, unsubscribe or update.");
        }
    }

    // ── hello and token ──────────────────────────────────────────────────────────────────────────────

    private async ValueTask GreetAsync(string? id, HelloPayload hello)
    {
        // (1) Who speaks. A token in the hello counts before one at the upgrade.
        if (hello.Token is { } token)
        {
            var result = await VerifyAsync(token);
            if (result.Caller is not { } verified)
            {
                Refuse(result.Problem, ChannelNames.Session, id);
                Close(CloseOf(result.Failure), "authentication failed");
                return;
            }
            caller = verified;
        }
        if (caller is not { } known)
        {
            Refuse(new CodedProblem(ProblemCode.Unauthenticated, "Send the access token in the hello."), ChannelNames.Session, id);
            Close(CloseCode.BadToken, "no token");
            return;
        }

        // (2) The session: a new one, or the one it comes back to.
        if (await AdmitAsync(known, hello.Session) is { } refusal)
        {
            Refuse(refusal, ChannelNames.Session, id);
            if (refusal.Code == ProblemCode.ConnectionLimit)
                Close(CloseCode.ConnectionLimit, "too many connections");
            else
                Close(CloseCode.GoingAway, "try again");
            return;
        }

        // (3) Welcome, then each channel's answer.
        await WelcomeAsync(id, hello.Channels ?? []);
    }

    /// <summary>Opens the session, or comes back to it; answers why not.</summary>
    /// <param name="asked">The session that the client wants to come back to.</param>
    private async Task<CodedProblem?> AdmitAsync(Caller known, string? asked)
    {
        OpenedSession granted;
        try
        {
            Guid? resume = Guid.TryParse(asked, out var id) ? id : null;
            granted = await services.Sessions.OpenAsync(new OpenSession(Guid.NewGuid(), known.UserId, resume, Connection));
        }
        catch (Exception e) when (ExceptionMapping.ToProblem(e) is { Code.Retryable: true } problem)
        {
            return problem;
        }
        if (!granted.IsGranted)
            return TooManyConnections();
        (session, isResumed) = (granted.Session, granted.IsResumed);
        mustResync = asked is not null && !granted.IsResumed;
        EndPrevious(granted);
        Subscription watch = services.Hub.Watch(Channels.User(known.UserId), granted.UserPosition, this);
        lock (subscriptions)
            own = watch;
        if (granted.IsResumed)
            await services.Limits.GrantAsync(Limit.Messages, LimitKey.Of(known.SessionId), services.Options.Limits.ReplayAllowance);
        return null;
    }

    private async Task WelcomeAsync(string? id, IReadOnlyList<ChannelPosition> channels)
    {
        if (isClosed)
        {
            Forget();
            return;
        }
        isGreeted = true;
        TrySend(services.Encoder.Welcome(WelcomeOf(caller!, isResumed), id));
        services.Wheel.Add(this, NextVisit());
        foreach (var (channel, v, e, presence) in channels)
            await SubscribeAsync(channel, null, new SubscribePayload { V = v, E = e, Presence = presence });
    }

    private async ValueTask RenewAsync(string? id, HelloPayload hello)
    {
        if (hello.Token is { } token)
        {
            var result = await VerifyAsync(token);
            if (result.Caller is not { } renewed)
            {
                Refuse(result.Problem, ChannelNames.Session, id);
                return;
            }
            // What one may listen to is judged when it is subscribed: a key's scopes must not change under it.
            var isOtherKey = (renewed.Scopes ?? caller!.Scopes) is not null && renewed.SessionId != caller!.SessionId;
            if (renewed.UserId != caller!.UserId || isOtherKey)
            {
                Refuse(new CodedProblem(ProblemCode.Forbidden, isOtherKey
                    ? "An API key and a log-in do not share a connection; open one of its own." : "The token belongs to somebody else; open a connection of its own."), ChannelNames.Session, id);
                return;
            }
            caller = renewed;
            isWarned = false;
        }
        TrySend(services.Encoder.Welcome(WelcomeOf(caller!, resumed: true), id));
        foreach (var (channel, v, e, presence) in hello.Channels ?? [])
            await SubscribeAsync(channel, null, new SubscribePayload { V = v, E = e, Presence = presence });
    }

    private async ValueTask<AccessTokenResult> VerifyAsync(string token)
    {
        try
        {
            return await services.Tokens.VerifyAsync(token, new ClientOrigin(origin.Device ?? "", origin.Address), CancellationToken.None);
        }
        catch (Exception e) when (ExceptionMapping.ToProblem(e).Code.Retryable)
        {
            // The database knows the log-ins of providers, and is away.
            return AccessTokenResult.Unknown;
        }
    }

    private WelcomePayload WelcomeOf(Caller known, bool resumed)
    {
        var (limits, realtime) = (services.Options.Limits, services.Options.Realtime);
        return new WelcomePayload(
            "welcome", session.ToString(), resumed, known.UserId, known.ExpiresAt,
            (int)realtime.Heartbeat.TotalSeconds, (int)realtime.Timeout.TotalSeconds, (int)realtime.ResumeFor.TotalSeconds,
            new RealtimeLimits(
                limits.ConnectionsPerUser, limits.MessageBytes, limits.MessagesPerMinute, limits.DocumentPushesPerMinute, limits.EphemeralPerMinute));
    }

    private CodedProblem TooManyConnections() => new(
        ProblemCode.ConnectionLimit,
        $"{services.Options.Limits.ConnectionsPerUser} connections are open already, which is the most one person may have; close one first.");

    /// <summary>The session's old connection, if it still stands, makes room: here at once, elsewhere by a hint.</summary>
    private void EndPrevious(OpenedSession granted)
    {
        if (granted.PreviousNode is not { } node || granted.PreviousConnection is not { } connection)
            return;
        if (node == services.Node.Id)
            services.Conversations.Find(connection)?.Close(CloseCode.Replaced, "resumed elsewhere");
        else
            services.Hints.Signal(RealtimeSignals.Replaced, connection.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static CloseCode CloseOf(AccessTokenFailure failure) => failure switch
    {
        AccessTokenFailure.Expired => CloseCode.TokenExpired,
        AccessTokenFailure.SessionEnded => CloseCode.SessionEnded,
        AccessTokenFailure.Unknown => CloseCode.GoingAway,
        _ => CloseCode.BadToken,
    };

    // ── time, slowness, end ──────────────────────────────────────────────────────────────────────────

    public TimeSpan? OnTime()
    {
        if (isClosed)
            return null;
        var (clock, realtime) = (services.Clock, services.Options.Realtime);
        if (!isGreeted)
        {
            // The greeting, once it has come, takes the next place on the wheel itself.
            if (clock.GetElapsedTime(opened) >= realtime.HelloTimeout)
                Close(CloseCode.Timeout, "no hello");
            return null;
        }
        if (clock.GetElapsedTime(socket.LastReceived) >= realtime.Timeout)
        {
            socket.Close(CloseCode.Timeout, "silent", discard: true);
            return null;
        }
        var left = caller!.ExpiresAt - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            Close(CloseCode.TokenExpired, "token expired");
            return null;
        }
        if (left <= ExpiryNotice && !isWarned)
        {
            isWarned = true;
            TrySend(services.Encoder.Session("expiring"));
        }
        if (clock.GetElapsedTime(lastBeat) >= realtime.Heartbeat)
        {
            lastBeat = clock.GetTimestamp();
            TrySend(services.Encoder.Session("heartbeat"));
            socket.Ping();
        }
        return NextVisit();
    }

    private TimeSpan NextVisit()
    {
        if (lastBeat == 0)
            lastBeat = services.Clock.GetTimestamp();
        var beat = services.Options.Realtime.Heartbeat - services.Clock.GetElapsedTime(lastBeat);
        var left = caller!.ExpiresAt - services.Clock.GetUtcNow();
        var expiry = isWarned ? left : left - ExpiryNotice;
        return beat < expiry ? beat : expiry;
    }

    public void OnOverflow()
    {
        if (isSlow)
            return;
        isSlow = true;
        _ = RecoverAsync();
    }

    /// <summary>Once the client has taken what waits, it gets what it missed meanwhile from the log.</summary>
    private async Task RecoverAsync()
    {
        // Never on the sender's stack: it holds the lock of the channel it serves.
        await socket.DrainedAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        isSlow = false;
        Subscription[] all;
        lock (subscriptions)
            all = [.. subscriptions.Values];
        foreach (var subscription in all)
        {
            await services.Hub.CatchUpAsync(subscription);
            services.Presence.Repeat(subscription.Channel, this);
        }
    }

    public void OnClosed(CloseCode code)
    {
        isClosed = true;
        services.Conversations.Remove(this);
        Forget();
        LogClosed(services.Logger, caller?.UserId, (int)code);
    }

    /// <summary>Buffers and subscriptions go at once; the session waits to be resumed.</summary>
    private void Forget()
    {
        Subscription[] all;
        lock (subscriptions)
        {
            all = own is null ? [.. subscriptions.Values] : [.. subscriptions.Values, own];
            subscriptions.Clear();
            own = null;
        }
        foreach (var subscription in all)
        {
            services.Hub.Leave(subscription);
            services.Presence.Leave(subscription.Channel, this, mayReturn: true);
        }
        if (session != Guid.Empty)
            _ = CloseSessionAsync(session);
    }

    private async Task CloseSessionAsync(Guid ended)
    {
        try
        {
            await services.Sessions.CloseAsync(ended, Connection);
        }
        catch (Exception e)
        {
            // The node's lease or its next start frees the place.
            LogSessionNotClosed(services.Logger, e);
        }
    }

    /// <summary>Something happened to this person: when it was their access, every subscription is authorized anew.</summary>
    public void OnChange(Change change)
    {
        if (change.Resource is "membership")
            _ = Task.Run(AuthorizeAgainAsync);
    }

    /// <summary>Access may have changed without notice.</summary>
    public void OnMissed() => _ = Task.Run(AuthorizeAgainAsync);

    // ── refusing ─────────────────────────────────────────────────────────────────────────────────────

    private void Refuse(CodedProblem problem, string? channel, string? re) => TrySend(services.Encoder.Error(problem, channel, re));

    private static CodedProblem Unknown(string channel) => new(ProblemCode.UnknownChannel, $"There is no channel {channel}.");

    private void OnBroken(string? id)
    {
        Refuse(Problems.Invalid("$", "This is not valid JSON."), null, id);
        if (services.Clock.GetElapsedTime(brokenSince) > BrokenWindow || brokenSince == 0)
            (broken, brokenSince) = (0, services.Clock.GetTimestamp());
        if (++broken >= BrokenLimit)
            Close(CloseCode.Protocol, "not JSON");
    }

    private static T? Payload<T>(ReadOnlySpan<byte> payload)
        where T : class => JsonPieces.Record<T>(payload, "payload");

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Contracts.ContractsJson.MaxDepth + 1 });
        reader.Read();
        var elements = JsonPieces.Elements(ref reader, json);
        reader.Read();
        return elements;
    }

    private static bool IsTooDeep(JsonException e) => e.Message.Contains("maximum configured depth", StringComparison.Ordinal);

    [LoggerMessage(1501, LogLevel.Debug, "A connection of {User} ended with {Code}")]
    private static partial void LogClosed(ILogger logger, Guid? user, int code);

    [LoggerMessage(1504, LogLevel.Warning, "A session could not be marked as waiting")]
    private static partial void LogSessionNotClosed(ILogger logger, Exception exception);
}
