using System.Collections.Concurrent;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Fallbacks;

/// <summary>One poll: reads what there is, else waits for something and reads again. While it waits it also hears what is not in the log.</summary>
internal sealed class Poll(Caller caller, IReadOnlyList<AskedChannel> asked, RealtimeServices services, MissedChanges missed, int limit) : ISubscriber
{
    private const int MostSignals = 200;

    /// <summary>Who lacks more of a channel at the first poll is given its state.</summary>
    private const int MostAtOnce = 1_000;

    private readonly ConcurrentQueue<OutboundMessage> signals = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource woken = NewWait();

    bool ISubscriber.IsSlow => false;

    bool ISubscriber.TrySend(OutboundMessage message)
    {
        if (message.Mark is null && signals.Count < MostSignals)
            signals.Enqueue(message);
        woken.TrySetResult();
        return true;
    }

    void ISubscriber.OnResync(Subscription subscription) => woken.TrySetResult();

    /// <summary>The log-in was ended.</summary>
    public void End() => ended.TrySetResult();

    /// <summary>The first poll: from now on, or from what the address says that the client holds.</summary>
    public async Task<IResult> BeginAsync(CancellationToken cancellationToken)
    {
        var (channels, refusal) = await AuthorizeAsync(cancellationToken);
        if (refusal is not null)
            return PollEndpoint.Refused(refusal);
        var cursor = await missed.NowAsync(caller, cancellationToken);
        var messages = new List<OutboundMessage>();
        var from = asked.Where(channel => channel.V is not null || channel.IsAnnounced).ToArray();
        if (from.Length == 0 || channels.Count == 0)
            return new PollAnswer(messages, cursor.ToString());

        // Each is continued from what the client holds, or begun anew; what is too much for one answer is read from the log by the next ones.
        var heads = await services.Log.HeadsAsync(channels, cancellationToken);
        foreach (var (name, v, e, _) in from)
        {
            if (!services.Channels.TryFind(name, out var channel, out var rules))
                continue;
            var head = heads[channel];
            if (v is null)
            {
                messages.Add(services.Encoder.Subscribed(channel, head, SubscriptionModes.Live, head.Version, null));
                continue;
            }
            if (head.Version - v > MostAtOnce || await Conversation.IsLostAsync(services, channel, head, v!.Value, e))
                await AddStateAsync(messages, channel, rules, cancellationToken);
            else
                await AddAfterAsync(messages, channel, v.Value, head, cursor.Since, cancellationToken);
        }
        return new PollAnswer(messages, cursor.ToString());
    }

    /// <summary>What happened since the cursor; waits for something if nothing did.</summary>
    public async Task<IResult> GoOnAsync(LogCursor cursor, TimeSpan wait, CancellationToken end)
    {
        var left = caller.ExpiresAt - services.Clock.GetUtcNow();
        using var timeout = new CancellationTokenSource(left <= TimeSpan.Zero ? TimeSpan.Zero : wait < left ? wait : left, services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, timeout.Token);
        var over = NewWait();
        await using var ending = either.Token.Register(static over => ((TaskCompletionSource)over!).TrySetResult(), over);
        var places = new List<Subscription>();
        try
        {
            while (true)
            {
                var wake = woken;
                var (channels, refusal) = await AuthorizeAsync(CancellationToken.None);
                if (refusal is not null)
                    return PollEndpoint.Refused(refusal);
                if (wait > TimeSpan.Zero && places.Count == 0)
                    await ListenAsync(channels, places);
                var (messages, next) = await ReadAsync(channels, cursor);
                while (signals.TryDequeue(out var signal))
                    messages.Add(signal);
                if (messages.Count > 0 || next.Page is not null || either.IsCancellationRequested || wait == TimeSpan.Zero)
                    return new PollAnswer(messages, next.ToString());

                await Task.WhenAny(wake.Task, ended.Task, over.Task);
                if (ended.Task.IsCompleted)
                    return PollEndpoint.Refused(new CodedProblem(ProblemCode.Unauthenticated, "The log-in was ended."));
                if (either.IsCancellationRequested)
                    return new PollAnswer([], next.ToString());
                woken = NewWait();
                cursor = next;
            }
        }
        finally
        {
            foreach (var place in places)
                services.Hub.Leave(place);
        }
    }

    private static TaskCompletionSource NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The asked channels, all of which the caller may listen to, or why not; all that the caller may listen to when none is asked for.</summary>
    private async Task<(IReadOnlyList<ChannelId> Channels, CodedProblem? Refusal)> AuthorizeAsync(CancellationToken cancellationToken)
    {
        if (asked.Count == 0)
            return ([.. (await missed.VisibleAsync(caller, cancellationToken)).Select(visible => visible.Channel)], null);
        var channels = new List<ChannelId>(asked.Count);
        foreach (var (name, _, _, _) in asked)
        {
            if (!services.Channels.TryFind(name, out var channel, out var rules))
                return ([], Unknown(name));
            if (KeyScopes.Refusal(caller, $"subscribe {rules.Name}") is { } unscoped)
                return ([], unscoped);
            if (!await rules.MayListenAsync(caller, channel.Id, cancellationToken))
                return ([], Unknown(name));
            channels.Add(channel);
        }
        channels.Sort(MissedChanges.Compare);
        return (channels, null);
    }

    private async Task ListenAsync(IReadOnlyList<ChannelId> channels, List<Subscription> places)
    {
        var heads = await services.Log.HeadsAsync(channels, CancellationToken.None);
        foreach (var channel in channels)
            places.Add(services.Hub.Join(channel, heads[channel], this));
    }

    private async Task<(List<OutboundMessage> Messages, LogCursor Next)> ReadAsync(IReadOnlyList<ChannelId> channels, LogCursor cursor)
    {
        var messages = new List<OutboundMessage>();
        var now = await missed.NowAsync(caller, CancellationToken.None);
        if (!missed.Reaches(cursor, now))
        {
            await AddStatesAsync(messages, channels);
            return (messages, now);
        }
        var until = cursor.Page?.Until ?? now.Since;
        var moved = await missed.MovedAsync(channels, cursor.Since, CancellationToken.None);
        var page = await missed.ReadAsync(
            moved.Where(channel => !channel.IsFar).Select(channel => channel.Channel), cursor.Since, until, cursor.Page, limit, CancellationToken.None);
        messages.AddRange(page.Select(services.Encoder.Change));
        if (page.Count == limit)
            return (messages, cursor with { Page = new LogPage(until, IsStates: false, page[^1].Channel, page[^1].Version) });

        await AddStatesAsync(messages, [.. moved.Where(channel => channel.IsFar).Select(channel => channel.Channel)]);
        return (messages, cursor with { At = cursor.Page is null ? now.At : cursor.At, Since = until, Page = null });
    }

    private async Task AddStatesAsync(List<OutboundMessage> messages, IReadOnlyList<ChannelId> channels)
    {
        if (asked.Count == 0 && channels.Count > AskedChannels.Most)
        {
            messages.Add(services.Encoder.Error(
                new CodedProblem(ProblemCode.Resync, "What you hold cannot be continued by polling; read everything anew with GET /api/sync."), ChannelNames.Session, null));
            return;
        }
        foreach (var channel in channels)
            await AddStateAsync(messages, channel, services.Channels[channel], CancellationToken.None);
    }

    private async Task AddStateAsync(List<OutboundMessage> messages, ChannelId channel, ChannelRules rules, CancellationToken cancellationToken)
    {
        if (await rules.SnapshotAsync(caller, channel.Id, cancellationToken) is not { } state)
            return;
        messages.Add(services.Encoder.Subscribed(channel, state.Position, SubscriptionModes.Snapshot, state.Position.Version, null));
        messages.Add(services.Encoder.Snapshot(channel, state));
    }

    private async Task AddAfterAsync(
        List<OutboundMessage> messages, ChannelId channel, long version, Position head, Moment until, CancellationToken cancellationToken)
    {
        messages.Add(services.Encoder.Subscribed(channel, head, SubscriptionModes.Delta, version, null));
        while (true)
        {
            var page = await services.Log.BetweenAsync([(channel, version)], Moment.Beginning, until, limit, cancellationToken);
            messages.AddRange(page.Select(services.Encoder.Change));
            if (page.Count < limit)
                return;
            version = page[^1].Version;
        }
    }

    private static CodedProblem Unknown(string channel) => new(ProblemCode.UnknownChannel, $"There is no channel {channel}.");

    private sealed class PollAnswer(IReadOnlyList<OutboundMessage> messages, string cursor) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var json = new MemoryStream();
            json.Write("{\"messages\":["u8);
            MessageList.Write(json, messages);
            json.Write("],\"cursor\":\""u8);
            json.Write(System.Text.Encoding.ASCII.GetBytes(cursor));
            json.Write("\"}"u8);
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            httpContext.Response.Headers.CacheControl = "no-store";
            await httpContext.Response.Body.WriteAsync(json.GetBuffer().AsMemory(0, (int)json.Length), httpContext.RequestAborted);
        }
    }
}
