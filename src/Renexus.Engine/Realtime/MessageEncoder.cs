using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>Encodes a change once, for everybody (PROTOCOL, Write: what everybody on the channel gets).</summary>
/// <param name="nameOf">The channel's name on the wire.</param>
/// <param name="clock">Stamps each message.</param>
public sealed class MessageEncoder(Func<ChannelId, string> nameOf, TimeProvider clock)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? reusedBuffer;

    [ThreadStatic]
    private static Utf8JsonWriter? reusedWriter;

    /// <summary>The name of a channel on the wire.</summary>
    public string NameOf(ChannelId channel) => nameOf(channel);

    /// <summary>The <c>update</c> that announces a change.</summary>
    public OutboundMessage Change(Change change) => change.Op == ChangeOp.Updates ? Updates(change) : Update(change.Channel, change.Version, null, (change, this), static (writer, state) =>
    {
        var (change, _) = state;
        writer.WriteString("op"u8, OpName(change.Op));
        writer.WriteString("resource"u8, change.Resource);
        writer.WriteString("resourceId"u8, change.ResourceId);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(change.Data.Span, skipInputValidation: true);
        if (change.Actor is { } actor)
            writer.WriteString("actor"u8, actor);
        else
            writer.WriteNull("actor"u8);
        if (change.Cause is { } cause)
            writer.WriteString("cause"u8, cause);
        else
            writer.WriteNull("cause"u8);
    }, mark: new ChannelMark(change.Channel, new Position(change.Version, change.Epoch)));

    /// <summary>The <c>update</c> that tells of steps of a document (PROTOCOL, Documents).</summary>
    private OutboundMessage Updates(Change change) => Update(change.Channel, change.Version, null, change, static (writer, change) =>
    {
        writer.WriteString("op"u8, OpName(change.Op));
        using var data = JsonDocument.Parse(change.Data);
        foreach (var member in data.RootElement.EnumerateObject())
            member.WriteTo(writer);
        if (change.Cause is { } cause)
            writer.WriteString("cause"u8, cause);
        else
            writer.WriteNull("cause"u8);
    }, mark: new ChannelMark(change.Channel, new Position(change.Version, change.Epoch)));

    /// <summary>Any <c>update</c> on a channel; <paramref name="payload"/> writes the members of its payload.</summary>
    /// <param name="re">The id of the request that this answers.</param>
    public OutboundMessage Update<TState>(
        ChannelId channel, long? version, string? re, TState state, Action<Utf8JsonWriter, TState> payload, long? epoch = null, bool ephemeral = false,
        ChannelMark? mark = null) =>
        Message("update"u8, nameOf(channel), version, re, state, payload, epoch, ephemeral, mark);

    /// <summary>Any message.</summary>
    public OutboundMessage Message<TState>(
        ReadOnlySpan<byte> type, string? channel, long? version, string? re, TState state, Action<Utf8JsonWriter, TState> payload,
        long? epoch = null, bool ephemeral = false, ChannelMark? mark = null)
    {
        var buffer = reusedBuffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = reusedWriter ??= new Utf8JsonWriter(buffer, Relaxed);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);

        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        if (channel is not null)
            writer.WriteString("channel"u8, channel);
        writer.WriteStartObject("payload"u8);
        payload(writer, state);
        writer.WriteEndObject();
        writer.WriteNumber("timestamp"u8, clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (re is not null)
            writer.WriteString("re"u8, re);
        if (version is { } v)
            writer.WriteNumber("v"u8, v);
        if (epoch is { } e)
            writer.WriteString("e"u8, EpochName(e));
        writer.WriteEndObject();
        writer.Flush();
        var message = new OutboundMessage(buffer.WrittenSpan, ephemeral, mark);
        if (buffer.Capacity > 64 * 1024)
            (reusedBuffer, reusedWriter) = (null, null);
        return message;
    }

    /// <summary>An epoch as the client sees it: opaque text.</summary>
    public static string EpochName(long epoch) => epoch.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What happened, as a word on the wire.</summary>
    public static string OpName(ChangeOp op) => op switch
    {
        ChangeOp.Create => "create",
        ChangeOp.Update => "update",
        ChangeOp.Delete => "delete",
        ChangeOp.Updates => "updates",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Not an operation."),
    };
}
