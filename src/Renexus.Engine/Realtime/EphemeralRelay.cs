using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>
/// Carries what is told once and never kept (typing, cursors) to whoever listens to a channel, on any node (docs/spec/presence.md).
/// </summary>
public sealed class EphemeralRelay : IDisposable
{
    private const string Kind = "ephemeral";

    /// <summary>The largest payload, so that it fits into a hint in base64.</summary>
    public const int MaxBytes = 4 * 1024;

    private readonly Hub hub;
    private readonly HintBus hints;
    private readonly MessageEncoder encoder;

    public EphemeralRelay(Hub hub, HintBus hints, MessageEncoder encoder)
    {
        (this.hub, this.hints, this.encoder) = (hub, hints, encoder);
        hints.Signalled += OnSignal;
    }

    /// <summary>Tells everybody who listens, here at once and elsewhere within milliseconds.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="payload">A JSON object of at most <see cref="MaxBytes"/>.</param>
    public void Tell(ChannelId channel, byte[] payload)
    {
        if (payload.Length > MaxBytes)
            throw new ArgumentException($"It is larger than {MaxBytes} bytes.", nameof(payload));
        Broadcast(channel, payload);
        if (hints.HasPeers)
        {
            hints.Signal(Kind, string.Create(
                CultureInfo.InvariantCulture, $"{channel.Kind},{Base64Url.EncodeToString(channel.Id.ToByteArray())},{Base64Url.EncodeToString(payload)}"));
        }
    }

    public void Dispose() => hints.Signalled -= OnSignal;

    private void OnSignal(string kind, string value)
    {
        if (kind is Kind && value.Split(',') is [var number, var id, var payload])
            Broadcast(new ChannelId(short.Parse(number, CultureInfo.InvariantCulture), new Guid(Base64Url.DecodeFromChars(id))), Base64Url.DecodeFromChars(payload));
    }

    private void Broadcast(ChannelId channel, byte[] payload)
    {
        if (hub.HasListeners(channel))
            hub.Broadcast(channel, Encode(channel, payload));
    }

    private OutboundMessage Encode(ChannelId channel, byte[] payload) =>
        encoder.Update(channel, null, null, payload, static (writer, payload) =>
        {
            foreach (var member in JsonElement.Parse(payload).EnumerateObject())
                member.WriteTo(writer);
        }, ephemeral: true);
}
