namespace Renexus.Engine.Realtime.Sockets;

/// <summary>The limits of a socket. One instance serves all connections.</summary>
public sealed record SocketOptions
{
    /// <summary>Payloads of more than 10 KB travel compressed, smaller ones do not (GW-10).</summary>
    public const int CompressedOver = 10 * 1024;

    /// <summary>The largest message taken from a client, counted after decompression; 0 means no limit.</summary>
    public int MessageBytes { get; init; } = 102_400;

    /// <summary>How much of a message that is too large is read and thrown away before the socket is closed with 1009.</summary>
    public long DrainBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>More pings than this within a minute close the socket with 4005; 0 means no limit.</summary>
    public int PingsPerMinute { get; init; } = 60;

    /// <summary>The most that is gathered into one write.</summary>
    public int WriteBytes { get; init; } = 64 * 1024;

    /// <summary>With this much waiting the reader is slow: ephemeral messages are dropped, then the handler is told.</summary>
    public int SlowBytes { get; init; } = 256 * 1024;

    /// <summary>The same, in messages.</summary>
    public int SlowMessages { get; init; } = 4_096;

    /// <summary>With this much waiting the reader is too slow: what waits is dropped and the socket closed with 4003.</summary>
    public int TooSlowBytes { get; init; } = 1024 * 1024;

    /// <summary>The same, in messages.</summary>
    public int TooSlowMessages { get; init; } = 16_384;

    /// <summary>A slow reader that has not taken one single write for this long is too slow.</summary>
    public TimeSpan WriteStall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long closing may take, what still waits and the peer's answer included, before the transport is cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal int EffectiveMessageBytes => MessageBytes == 0 ? Array.MaxLength : MessageBytes;

    internal long EffectiveDrainBytes => Math.Max(DrainBytes, EffectiveMessageBytes);
}
