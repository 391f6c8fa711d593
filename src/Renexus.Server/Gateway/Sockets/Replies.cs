using System.Text.Json;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What the server says to one client: answers, refusals, and news of the session itself.</summary>
internal static class Replies
{
    public static OutboundMessage Welcome(this MessageEncoder encoder, WelcomePayload payload, string? re) =>
        encoder.Message("update"u8, ChannelNames.Session, null, re, payload, static (writer, welcome) => Spread(writer, welcome));

    /// <summary>News of the session: <c>expiring</c>, <c>heartbeat</c>.</summary>
    public static OutboundMessage Session(this MessageEncoder encoder, string op) =>
        encoder.Message("update"u8, ChannelNames.Session, null, null, op, static (writer, op) => writer.WriteString("op"u8, op));

    /// <summary>The last message of a stream, in place of a socket's close frame.</summary>
    public static OutboundMessage Closed(this MessageEncoder encoder, CloseCode code, string reason) =>
        encoder.Message("update"u8, ChannelNames.Session, null, null, (code, reason), static (writer, end) =>
        {
            writer.WriteString("op"u8, Ops.Closed);
            writer.WriteNumber("code"u8, (int)end.code);
            writer.WriteString("reason"u8, end.reason);
        });

    public static OutboundMessage Subscribed(this MessageEncoder encoder, ChannelId channel, Position at, string mode, long from, string? re) =>
        encoder.Update(channel, at.Version, re, (mode, from, at.Version), static (writer, state) =>
        {
            writer.WriteString("op"u8, "subscribed"u8);
            writer.WriteString("mode"u8, state.mode);
            writer.WriteNumber("from"u8, state.from);
            writer.WriteNumber("to"u8, state.Version);
        }, at.Epoch, mark: mode is SubscriptionModes.Snapshot ? null : new ChannelMark(channel, at with { Version = from }));

    public static OutboundMessage Unsubscribed(this MessageEncoder encoder, string channel, string re) =>
        encoder.Message("update"u8, channel, null, re, 0, static (writer, _) => writer.WriteString("op"u8, "unsubscribed"u8));

    public static OutboundMessage Snapshot(this MessageEncoder encoder, ChannelId channel, ChannelState state) =>
        encoder.Update(channel, state.Position.Version, null, state.Json, static (writer, json) =>
        {
            writer.WriteString("op"u8, "snapshot"u8);
            writer.WritePropertyName("state"u8);
            writer.WriteRawValue(json, skipInputValidation: true);
        }, state.Position.Epoch, mark: new ChannelMark(channel, state.Position));

    public static OutboundMessage Ack(this MessageEncoder encoder, ChannelId channel, string re, Written written) =>
        encoder.Update(channel, written.Version, re, written, static (writer, written) =>
        {
            writer.WriteString("op"u8, "ack"u8);
            writer.WriteString("resource"u8, written.Resource);
            writer.WriteString("resourceId"u8, written.ResourceId);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(written.Data.Span, skipInputValidation: true);
            if (written.Document is { } document)
                writer.WriteNumber("document"u8, document);
        });

    public static OutboundMessage Error(this MessageEncoder encoder, CodedProblem problem, string? channel, string? re) =>
        encoder.Message("error"u8, channel, null, re, problem, static (writer, problem) =>
        {
            writer.WriteString("code"u8, problem.Code.Code);
            writer.WriteString("message"u8, problem.Detail ?? problem.Code.Title + ".");
            writer.WriteBoolean("retryable"u8, problem.Code.Retryable);
            if (problem.RetryAfter is { } wait)
                writer.WriteNumber("retryAfter"u8, Problems.Seconds(wait));
            if (problem.Errors is { } errors)
            {
                writer.WritePropertyName("errors"u8);
                JsonSerializer.Serialize(writer, errors, Json.Options);
            }
            foreach (var (name, value) in problem.Extensions)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value, Json.Options);
            }
        });

    /// <summary>The members of a record, in an object that is already open.</summary>
    private static void Spread<T>(Utf8JsonWriter writer, T value)
    {
        foreach (var member in JsonSerializer.SerializeToElement(value, Json.Options).EnumerateObject())
            member.WriteTo(writer);
    }
}
