namespace Renexus.Engine.Realtime.Sockets;

/// <summary>What a frame carries (RFC 6455, 5.2).</summary>
internal enum Opcode : byte
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

internal static class OpcodeExtensions
{
    extension(Opcode opcode)
    {
        public bool IsControl => opcode >= Opcode.Close;

        public bool IsReserved => opcode is > Opcode.Binary and < Opcode.Close or > Opcode.Pong;
    }
}
