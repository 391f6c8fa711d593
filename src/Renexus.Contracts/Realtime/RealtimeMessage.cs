using System.Text.Json;

namespace Renexus.Contracts.Realtime;

/// <summary>One message of the real-time protocol; a text frame holds one or an array of them (RT-1, RT-9).</summary>
/// <param name="Type">One of <see cref="MessageTypes"/>.</param>
/// <param name="Channel">One of the names that <see cref="ChannelNames"/> makes.</param>
/// <param name="Payload">Its form depends on type and channel; its <c>op</c> says which.</param>
/// <param name="Timestamp">Milliseconds since 1970-01-01 UTC. From a client it informs and decides nothing.</param>
/// <param name="Id">Made by the sender of a request: correlation and idempotency key, unique for each user, remembered 30 days.</param>
/// <param name="Re">The <paramref name="Id"/> that is answered.</param>
/// <param name="V">The version of the channel: 1, 2, 3 … without a gap. Ephemeral messages have none.</param>
/// <param name="E">The epoch of the channel; another one means that versions started over.</param>
public sealed record RealtimeMessage(
    string Type,
    string? Channel = null,
    JsonElement? Payload = null,
    long? Timestamp = null,
    string? Id = null,
    string? Re = null,
    long? V = null,
    string? E = null);

/// <summary>The values of <see cref="RealtimeMessage.Type"/>.</summary>
public static class MessageTypes
{
    /// <summary>To the server: begin to listen to a channel; on <c>$session</c> the hello.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>To the server: stop listening to a channel.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>Either way: something happens or shall happen on a channel; the payload's <c>op</c> says what.</summary>
    public const string Update = "update";

    /// <summary>To the client: a request was refused and had no effect.</summary>
    public const string Error = "error";
}

/// <summary>The values of <c>op</c> in payloads.</summary>
public static class Ops
{
    /// <summary>A resource is made: wanted by a client, announced by the server.</summary>
    public const string Create = "create";

    /// <summary>A resource is changed.</summary>
    public const string Update = "update";

    /// <summary>A resource is removed.</summary>
    public const string Delete = "delete";

    /// <summary>To the server, on <c>content:ID</c>: steps of the text; see <see cref="PushPayload"/>.</summary>
    public const string Push = "push";

    /// <summary>The text took steps; see <see cref="UpdatesPayload"/>.</summary>
    public const string Updates = "updates";

    /// <summary>A write is committed.</summary>
    public const string Ack = "ack";

    /// <summary>A subscription begins; see <see cref="SubscribedPayload"/>.</summary>
    public const string Subscribed = "subscribed";

    /// <summary>Drop what you hold of this channel and take this state instead.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>On <c>$session</c>: the connection is authenticated; see <see cref="WelcomePayload"/>.</summary>
    public const string Welcome = "welcome";

    /// <summary>On <c>$session</c>: the access token runs out in a minute; send the hello again with a new one.</summary>
    public const string Expiring = "expiring";

    /// <summary>On <c>$session</c>: nothing to say for 30 s, and the connection is alive (RT-4).</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>On <c>$session</c> of an event stream: it ends, with the code and reason that a socket would be closed with; see <see cref="ClosedPayload"/>.</summary>
    public const string Closed = "closed";

    /// <summary>Ephemeral: who is present on the channel (TH-4).</summary>
    public const string Presence = "presence";

    /// <summary>Ephemeral: somebody is typing (TH-4).</summary>
    public const string Typing = "typing";

    /// <summary>Ephemeral, on <c>content:ID</c>: where somebody is writing; see <see cref="CursorPayload"/>.</summary>
    public const string Cursor = "cursor";

    /// <summary>Ephemeral, on <c>ops</c>: how queues and running jobs stand; see <see cref="JobsState"/>.</summary>
    public const string Jobs = "jobs";

    /// <summary>Ephemeral: the versions of many threads at once, so that lists stay fresh.</summary>
    public const string Heads = "heads";

    /// <summary>Ephemeral: how far a job is that this person asked for; see <see cref="JobInfo"/>.</summary>
    public const string Job = "job";
}
