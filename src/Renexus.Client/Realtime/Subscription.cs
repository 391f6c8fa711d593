using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>One channel's place in its log, kept over any number of connections. Dispose of it to stop listening.</summary>
/// <remarks>
/// The rule is PROTOCOL's: the version after the last one is applied, older ones are ignored, anything else means that something is
/// missing, and the channel is asked for again from the last one.
/// </remarks>
public sealed class Subscription : IDisposable
{
    private readonly RealtimeClient client;
    private readonly Action<ChannelEvent> handler;
    private readonly TaskCompletionSource<ChannelSubscribed> started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Only the receive loop moves the place; the lock is for those who look at it, or ask, from elsewhere.
    private readonly Lock gate = new();
    private long? version;
    private string? epoch;
    private bool asked;
    private (long V, string? Epoch) promised;

    internal Subscription(RealtimeClient client, string channel, bool presence, ChannelPosition? from, Action<ChannelEvent> handler)
    {
        this.client = client;
        this.handler = handler;
        Channel = channel;
        Presence = presence;
        version = from?.V;
        epoch = from?.E;
    }

    /// <summary>The channel's name.</summary>
    public string Channel { get; }

    /// <summary>Completes when the server begins to send for the first time; fails with <see cref="ProblemException"/> if it refuses.</summary>
    public Task<ChannelSubscribed> Started => started.Task;

    /// <summary>How far it got: what to keep and to give to <see cref="RealtimeClient.Subscribe"/> after a restart of the program.</summary>
    public ChannelPosition Position
    {
        get
        {
            lock (gate)
                return new ChannelPosition(Channel, version, epoch, Presence ? true : null);
        }
    }

    internal bool Presence { get; }

    /// <summary>Stops listening.</summary>
    public void Dispose() => client.Unsubscribe(this);

    /// <summary>Whether to ask the server for this channel now: not while an answer is awaited, which brings what is missing.</summary>
    internal bool TryAsk()
    {
        lock (gate)
            return !asked && (asked = true);
    }

    /// <summary>The connection is gone, and with it the answer that was awaited.</summary>
    internal void Disconnected()
    {
        lock (gate)
            asked = false;
    }

    internal void Stop(Exception reason)
    {
        started.TrySetException(reason);
        // Nobody has to wait for it.
        _ = started.Task.Exception;
    }

    /// <returns>False when something is missing and the channel must be asked for again from <see cref="Position"/>.</returns>
    internal bool Apply(in IncomingMessage message)
    {
        if (message.Type.SequenceEqual("error"u8))
            Refuse(message.Payload);
        else if (message.Op.SequenceEqual("subscribed"u8))
            Begin(message);
        else if (message.Op.SequenceEqual("snapshot"u8))
            TakeState(message);
        else if (message.V is not { } v)
            handler(new ChannelSignal(Channel, Text(message.Op), message.Payload.ToArray()));
        else if (IsOtherEpoch(message.Epoch))
            return false;
        else if (version is null || v == version + 1)
            Advance(v, message);
        else
            return v <= version;

        return true;
    }

    // Versions of another epoch say nothing about ours.
    private bool IsOtherEpoch(ReadOnlySpan<byte> other) => epoch is not null && !other.IsEmpty && !Ascii.Equals(other, epoch);

    private void Begin(in IncomingMessage message)
    {
        var answer = JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.SubscribedPayload)!;
        // Before its first change a channel has no epoch, whatever stands there: the one it gets then would look like another.
        var answeredEpoch = answer.To == 0 || message.Epoch.IsEmpty ? null : Text(message.Epoch);
        lock (gate)
        {
            asked = false;
            // A snapshot has not arrived yet: losing the connection now must ask for it again from where we are.
            if (answer.Mode == SubscriptionModes.Snapshot)
                promised = (answer.To, answeredEpoch);
            else
                (version, epoch) = (answer.Mode == SubscriptionModes.Live ? answer.To : version, answeredEpoch);
        }

        var subscribed = new ChannelSubscribed(Channel, answer.Mode, answer.To, answeredEpoch);
        handler(subscribed);
        started.TrySetResult(subscribed);
    }

    private void TakeState(in IncomingMessage message)
    {
        var v = message.V ?? promised.V;
        handler(new ChannelSnapshot(Channel, v, message.Payload.ToArray()));
        lock (gate)
            (version, epoch) = (v, promised.Epoch);
    }

    private void Advance(long v, in IncomingMessage message)
    {
        // The place moves after the handler returned: what it did not finish comes again.
        handler(new ChannelUpdate(Channel, v, Text(message.Op), message.Payload.ToArray()));
        lock (gate)
        {
            version = v;
            if (epoch is null && !message.Epoch.IsEmpty)
                epoch = Text(message.Epoch);
        }
    }

    private void Refuse(ReadOnlySpan<byte> payload)
    {
        var error = JsonSerializer.Deserialize(payload, ContractsJson.Lenient.ErrorPayload)!;
        Disconnected();
        handler(new ChannelRefused(Channel, error));
        if (error.Retryable)
            client.AskLater(this, error.RetryAfter);
        else
            Stop(new ProblemException(error));
    }

    // The usual ones are constants, so that an update costs no string.
    private static string Text(ReadOnlySpan<byte> utf8) => utf8 switch
    {
        _ when utf8.SequenceEqual("create"u8) => Ops.Create,
        _ when utf8.SequenceEqual("update"u8) => Ops.Update,
        _ when utf8.SequenceEqual("delete"u8) => Ops.Delete,
        _ => Encoding.UTF8.GetString(utf8),
    };
}
