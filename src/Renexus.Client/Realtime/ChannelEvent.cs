using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Something that happened on a channel, in the order in which it must be applied (RT-5).</summary>
/// <param name="Channel">The channel's name.</param>
public abstract record ChannelEvent(string Channel);

/// <summary>The server began to send; after a reconnect this comes again.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Mode">One of <see cref="SubscriptionModes"/>.</param>
/// <param name="V">The version the channel is at.</param>
/// <param name="Epoch">The epoch of that version.</param>
public sealed record ChannelSubscribed(string Channel, string Mode, long V, string? Epoch) : ChannelEvent(Channel);

/// <summary>A committed change. Versions come without gap, repetition or disorder.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="V">The channel's version with this change.</param>
/// <param name="Op">What happened: <c>create</c>, <c>update</c>, <c>delete</c>, or what the channel's kind has besides.</param>
/// <param name="Payload">The whole payload, JSON in UTF-8.</param>
public sealed record ChannelUpdate(string Channel, long V, string Op, ReadOnlyMemory<byte> Payload) : ChannelEvent(Channel)
{
    /// <summary>The payload of a <c>create</c>, <c>update</c> or <c>delete</c>.</summary>
    public ChangePayload ReadChange() => Read(ContractsJson.Lenient.ChangePayload);

    /// <summary>The payload in the form that its <see cref="Op"/> asks for.</summary>
    public T Read<T>(JsonTypeInfo<T> form) => JsonSerializer.Deserialize(Payload.Span, form)!;
}

/// <summary>Too much was missed: drop everything held of this channel and take this state instead.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="V">The channel's version at this state.</param>
/// <param name="Payload">The whole payload, JSON in UTF-8; its <c>state</c> is the channel's own.</param>
public sealed record ChannelSnapshot(string Channel, long V, ReadOnlyMemory<byte> Payload) : ChannelEvent(Channel)
{
    /// <summary>The payload; its state is in the form of the channel's kind.</summary>
    public SnapshotPayload Read() => JsonSerializer.Deserialize(Payload.Span, ContractsJson.Lenient.SnapshotPayload)!;
}

/// <summary>Something passing, which is not kept and has no version: typing, presence, cursors, heads.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Op">What it is.</param>
/// <param name="Payload">The whole payload, JSON in UTF-8.</param>
public sealed record ChannelSignal(string Channel, string Op, ReadOnlyMemory<byte> Payload) : ChannelEvent(Channel)
{
    /// <summary>The payload of <see cref="Ops.Presence"/>.</summary>
    public PresencePayload ReadPresence() => Read(ContractsJson.Lenient.PresencePayload);

    /// <summary>The payload of <see cref="Ops.Typing"/>.</summary>
    public TypingPayload ReadTyping() => Read(ContractsJson.Lenient.TypingPayload);

    /// <summary>The payload in the form that its <see cref="Op"/> asks for.</summary>
    public T Read<T>(JsonTypeInfo<T> form) => JsonSerializer.Deserialize(Payload.Span, form)!;
}

/// <summary>The server refused the subscription; nothing more comes from it until the next connection tries again.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Error">Why.</param>
public sealed record ChannelRefused(string Channel, ErrorPayload Error) : ChannelEvent(Channel);
