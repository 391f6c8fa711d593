using System.Buffers.Binary;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Load.Sockets;

namespace Renexus.Load.Loads;

/// <summary>
/// A message encoded once; each one sent differs only in its id. The id is a UUIDv7 that carries the connection and the number of the
/// message, so that an answer finds the moment of its sending without a dictionary.
/// </summary>
internal sealed class MessageTemplate
{
    private const int IdLength = 36;
    private static readonly ushort Run = (ushort)Random.Shared.Next(ushort.MaxValue);

    private readonly byte[] frame;
    private readonly int idAt;
    private readonly int connection;

    public MessageTemplate(Guid threadId, int bodyBytes, int connection)
    {
        this.connection = connection;
        var data = JsonSerializer.SerializeToElement(new PostMessageRequest { Body = new string('x', bodyBytes) }, ContractsJson.Lenient.PostMessageRequest);
        var placeholder = Id(0).ToString();
        var message = new RealtimeMessage(
            MessageTypes.Update,
            ChannelNames.Thread(threadId),
            JsonSerializer.SerializeToElement(new WritePayload(Ops.Create, "message", Data: data), ContractsJson.Lenient.WritePayload),
            TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            placeholder);
        frame = RawConnection.EncodeFrame(JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Lenient.RealtimeMessage));
        idAt = frame.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(placeholder));
    }

    /// <summary>The frame of a message, valid until the next call.</summary>
    public ReadOnlySpan<byte> Frame(uint number)
    {
        Id(number).TryFormat(frame.AsSpan(idAt, IdLength), out _);
        return frame;
    }

    /// <summary>The number of a message by its id.</summary>
    public static uint NumberOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
    }

    private Guid Id(uint number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], (ushort)(Run ^ connection));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }
}
