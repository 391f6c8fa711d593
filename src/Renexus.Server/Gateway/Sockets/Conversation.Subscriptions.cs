using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What a client listens to: authorized, begun where it left off, authorized again when access may have changed.</summary>
internal sealed partial class Conversation
{
    /// <summary>A version that no log reaches back to.</summary>
    private const long BeyondReach = -1;

    private async ValueTask SubscribeAsync(string name, string? id, SubscribePayload wanted)
    {
        if (!services.Channels.TryFind(name, out var channel, out var rules))
        {
            Refuse(Unknown(name), name, id);
            return;
        }
        if (caller!.Scopes is not null && KeyScopes.Refusal(caller, $"subscribe {rules.Name}") is { } unscoped)
        {
            Refuse(unscoped, name, id);
            return;
        }
        var isFirst = Leave(channel) is null;
        try
        {
            if (!await rules.MayListenAsync(caller!, channel.Id, CancellationToken.None))
            {
                Refuse(Unknown(name), name, id);
                return;
            }
            if (Join(channel) is not { } subscription)
            {
                Refuse(new CodedProblem(
                    ProblemCode.ChannelLimit, $"One connection listens to {services.Options.Limits.ChannelsPerConnection} channels at most."), name, id);
                return;
            }
            await BeginAsync(subscription, rules, wanted, mustResync && isFirst, id);
            if (wanted.Presence is true)
                BePresent(subscription);
        }
        catch (Exception e) when (ExceptionMapping.ToProblem(e) is var problem)
        {
            Leave(channel);
            if (problem.Code == ProblemCode.Internal)
                LogSubscribeFailed(services.Logger, e, name);
            Refuse(problem, name, id);
        }
    }

    private async Task BeginAsync(Subscription subscription, ChannelRules rules, SubscribePayload wanted, bool resync, string? id)
    {
        var (hub, encoder, channel) = (services.Hub, services.Encoder, subscription.Channel);
        if (wanted.V is not { } from)
        {
            await hub.BeginLiveAsync(
                subscription, at => TrySend(encoder.Subscribed(channel, at, SubscriptionModes.Live, at.Version, id)), CancellationToken.None);
            return;
        }
        var position = await hub.PositionAsync(subscription, CancellationToken.None);
        if (from > position.Version && services.Log is { } log)
        {
            // This node may be a moment behind another one that the client comes from.
            position = (await log.HeadsAsync([channel], CancellationToken.None))[channel];
        }
        if (resync || await IsLostAsync(services, channel, position, from, wanted.E))
        {
            await SendSnapshotAsync(subscription, rules, id);
            return;
        }
        TrySend(encoder.Subscribed(channel, position, SubscriptionModes.Delta, from, id));
        Hub.BeginAfter(subscription, from);
        await hub.CatchUpAsync(subscription);
    }

    /// <summary>Whether what the client holds cannot be continued: other versions, or the log does not reach back that far.</summary>
    internal static async Task<bool> IsLostAsync(RealtimeServices services, ChannelId channel, Position position, long from, string? epoch)
    {
        // Whoever begins before the first change has missed nothing that is not in the log, whatever the epoch.
        var isSameEpoch = epoch is null || from == 0 || string.Equals(epoch, MessageEncoder.EpochName(position.Epoch), StringComparison.Ordinal);
        if (!isSameEpoch || from < 0 || from > position.Version || position.Version - from > services.Options.Realtime.MaxDelta)
            return true;
        return from < position.Version && await services.Log.OldestAsync(channel, CancellationToken.None) is var oldest && !(oldest <= from + 1);
    }

    private async Task SendSnapshotAsync(Subscription subscription, ChannelRules rules, string? id)
    {
        var channel = subscription.Channel;
        if (await rules.SnapshotAsync(caller!, channel.Id, CancellationToken.None) is not { } state)
        {
            Leave(channel);
            Refuse(Unknown(services.Encoder.NameOf(channel)), services.Encoder.NameOf(channel), id);
            return;
        }
        TrySend(services.Encoder.Subscribed(channel, state.Position, SubscriptionModes.Snapshot, state.Position.Version, id));
        TrySend(services.Encoder.Snapshot(channel, state));
        Hub.BeginAfter(subscription, state.Position.Version);
        await services.Hub.CatchUpAsync(subscription);
    }

    /// <summary>Sees who is here and is seen, for as long as it listens.</summary>
    private void BePresent(Subscription subscription)
    {
        services.Presence.Join(subscription.Channel, caller!.UserId, this);
        lock (subscriptions)
        {
            if (!isClosed && subscriptions.TryGetValue(subscription.Channel, out var current) && current == subscription)
                return;
        }
        // It was refused, or the connection ended meanwhile.
        services.Presence.Leave(subscription.Channel, this, mayReturn: false);
    }

    private void Unsubscribe(string name, string? id)
    {
        if (services.Channels.TryFind(name, out var channel, out _))
            Leave(channel);
        if (id is not null)
            TrySend(services.Encoder.Unsubscribed(name, id));
    }

    /// <summary>Access may have changed: every subscription is authorized anew.</summary>
    private async Task AuthorizeAgainAsync()
    {
        telling = null;
        Subscription[] all;
        lock (subscriptions)
            all = [.. subscriptions.Values];
        foreach (var subscription in all)
        {
            var channel = subscription.Channel;
            var name = services.Encoder.NameOf(channel);
            CodedProblem problem;
            try
            {
                if (await services.Channels[channel].MayListenAsync(caller!, channel.Id, CancellationToken.None))
                    continue;
                problem = Unknown(name);
            }
            catch (Exception e)
            {
                // Not known to be allowed is not allowed; but the client is to ask again, not to give up.
                LogSubscribeFailed(services.Logger, e, name);
                problem = Problems.Busy(AskAgainAfter);
            }
            Leave(channel);
            Refuse(problem, name, null);
        }
    }

    public void OnResync(Subscription subscription)
    {
        lock (subscriptions)
        {
            if (subscriptions.TryGetValue(subscription.Channel, out var current) && current == subscription)
                subscriptions.Remove(subscription.Channel);
        }
        services.Presence.Leave(subscription.Channel, this, mayReturn: true);
        if (!socket.CanAsk)
        {
            // Who can only listen is given the state at once.
            _ = Task.Run(async () => await SubscribeAsync(services.Encoder.NameOf(subscription.Channel), null, new SubscribePayload { V = BeyondReach }));
            return;
        }
        Refuse(
            new CodedProblem(ProblemCode.Resync, "What you hold of this channel cannot be continued; subscribe again from your last version."),
            services.Encoder.NameOf(subscription.Channel), null);
    }

    private Subscription? Join(ChannelId channel)
    {
        lock (subscriptions)
        {
            var limit = services.Options.Limits.ChannelsPerConnection;
            if (isClosed || (limit > 0 && subscriptions.Count >= limit))
                return null;
            return subscriptions[channel] = services.Hub.Join(channel, this);
        }
    }

    private Subscription? Leave(ChannelId channel)
    {
        Subscription? subscription;
        lock (subscriptions)
            subscriptions.Remove(channel, out subscription);
        if (subscription is not null)
        {
            services.Hub.Leave(subscription);
            services.Presence.Leave(channel, this, mayReturn: false);
        }
        return subscription;
    }

    [LoggerMessage(1502, LogLevel.Error, "A subscription to {Channel} failed")]
    private static partial void LogSubscribeFailed(ILogger logger, Exception exception, string channel);
}
