using System.Runtime.InteropServices;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>What <see cref="MessageReader"/> found next.</summary>
/// <param name="Payload">Of a text, ping or oversize message (its head); lives until the reader goes on.</param>
/// <param name="Code">Of a close; for what is broken, the code to close with.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Received(ReceivedKind Kind, ReadOnlyMemory<byte> Payload = default, CloseCode Code = default, string Reason = "");

internal enum ReceivedKind
{
    /// <summary>More bytes are needed.</summary>
    Nothing,
    Text,
    Oversize,
    Ping,
    Pong,
    Close,
    Broken,
}
