using System.Buffers.Binary;
using System.Buffers.Text;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime;

/// <summary>
/// How far a stream of events has come on each of its channels, and the session it belongs to: what a client holds of it, as opaque
/// text, is all that any node needs to go on from there. Not thread-safe.
/// </summary>
/// <param name="session">The session to come back to.</param>
public sealed class StreamPosition(Guid session)
{
    private const byte Format = 1;
    private const int HeadBytes = 1 + 16;
    private const int EntryBytes = 2 + 16 + 8 + 8;
    private const int MaxEntries = 1_000;

    private readonly SortedDictionary<ChannelId, Position> channels = new(ByKindAndId.Instance);

    /// <summary>The session to come back to.</summary>
    public Guid Session { get; set; } = session;

    /// <summary>The channels that have begun, and where they stand.</summary>
    public IReadOnlyDictionary<ChannelId, Position> Channels => channels;

    /// <summary>Everything up to here has been written.</summary>
    public void Move(ChannelId channel, Position position) => channels[channel] = position;

    public override string ToString()
    {
        Span<byte> bytes = new byte[HeadBytes + (EntryBytes * channels.Count)];
        bytes[0] = Format;
        Session.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        var rest = bytes[HeadBytes..];
        foreach (var (channel, position) in channels)
        {
            BinaryPrimitives.WriteInt16BigEndian(rest, channel.Kind);
            channel.Id.TryWriteBytes(rest[2..], bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(rest[18..], position.Version);
            BinaryPrimitives.WriteInt64BigEndian(rest[26..], position.Epoch);
            rest = rest[EntryBytes..];
        }
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else.</summary>
    public static StreamPosition? Parse(string text)
    {
        if (text.Length > (HeadBytes + (EntryBytes * MaxEntries)) * 2 || !Base64Url.IsValid(text, out var length)
            || length < HeadBytes || (length - HeadBytes) % EntryBytes != 0)
            return null;
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text);
        if (bytes[0] != Format)
            return null;
        var position = new StreamPosition(new Guid(bytes.Slice(1, 16), bigEndian: true));
        for (var rest = bytes[HeadBytes..]; rest.Length > 0; rest = rest[EntryBytes..])
        {
            var channel = new ChannelId(BinaryPrimitives.ReadInt16BigEndian(rest), new Guid(rest.Slice(2, 16), bigEndian: true));
            position.Move(channel, new Position(BinaryPrimitives.ReadInt64BigEndian(rest[18..]), BinaryPrimitives.ReadInt64BigEndian(rest[26..])));
        }
        return position;
    }

    private sealed class ByKindAndId : IComparer<ChannelId>
    {
        public static readonly ByKindAndId Instance = new();

        public int Compare(ChannelId x, ChannelId y) => x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : x.Id.CompareTo(y.Id);
    }
}
