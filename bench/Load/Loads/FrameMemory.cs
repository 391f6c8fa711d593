using Renexus.Load.Sockets;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>
/// A wire that remembers what the last distinct frames delivered: the same one comes once for each subscriber, and comparing bytes is far
/// cheaper than reading them as JSON.
/// </summary>
internal sealed class FrameMemory(IWire wire) : IWire
{
    private const int Kept = 64;

    private readonly (byte[] Frame, long[] Versions)[] known = new (byte[], long[])[Kept];
    private int newest;

    public string Path => wire.Path;

    public string? Subprotocol => wire.Subprotocol;

    public IGreeting Greet(Login login, IReadOnlyList<Guid> threads) => wire.Greet(login, threads);

    public IMessageTemplate Message(Guid threadId, int bodyBytes, int connection) => wire.Message(threadId, bodyBytes, connection);

    public void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink)
    {
        for (var back = 0; back < Kept; back++)
        {
            var (bytes, versions) = known[(newest - back + Kept) % Kept];
            if (bytes is null || !text.SequenceEqual(bytes))
                continue;
            foreach (var version in versions)
                sink.OnDelivered(connection, version);
            return;
        }

        var seen = new Seen(sink);
        wire.Read(connection, text, seen);
        if (!seen.IsOnlyDeliveries || seen.Versions.Count == 0)
            return;
        newest = (newest + 1) % Kept;
        known[newest] = (text.ToArray(), [.. seen.Versions]);
    }

    /// <summary>Hands on, and notes what could be handed on again.</summary>
    private sealed class Seen(IWireSink sink) : IWireSink
    {
        public List<long> Versions { get; } = [];

        public bool IsOnlyDeliveries { get; private set; } = true;

        public void OnAcknowledged(RawConnection connection, uint number, long version)
        {
            IsOnlyDeliveries = false;
            sink.OnAcknowledged(connection, number, version);
        }

        public void OnDelivered(RawConnection connection, long version)
        {
            Versions.Add(version);
            sink.OnDelivered(connection, version);
        }
    }
}
