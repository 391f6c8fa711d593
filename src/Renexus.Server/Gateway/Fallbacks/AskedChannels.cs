using System.Globalization;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Fallbacks;

/// <summary>
/// A channel in the address of a stream or poll: <c>thread:ID</c>, <c>thread:ID@57.e1</c> for a client that holds version 57 of epoch e1,
/// or <c>thread:ID@now</c> for one that wants to be told where it begins.
/// </summary>
internal sealed record AskedChannel(string Name, long? V, string? E, bool IsAnnounced = false)
{
    /// <summary>Where to begin: where the stream before stood, else what the address says.</summary>
    public ChannelPosition From(StreamPosition? held, ChannelDirectory directory) =>
        held is not null && directory.TryFind(Name, out var channel, out _) && held.Channels.TryGetValue(channel, out var position)
            ? new ChannelPosition(Name, position.Version, Engine.Realtime.MessageEncoder.EpochName(position.Epoch))
            : new ChannelPosition(Name, V, E);
}

internal static class AskedChannels
{
    /// <summary>As many as an address can hold.</summary>
    public const int Most = 150;

    /// <summary>Reads a list; null when it is not one.</summary>
    public static IReadOnlyList<AskedChannel>? Parse(string? text)
    {
        var asked = new Dictionary<string, AskedChannel>(StringComparer.Ordinal);
        foreach (var item in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = item.IndexOf('@', StringComparison.Ordinal);
            if (at < 0)
            {
                asked[item] = new AskedChannel(item, null, null);
                continue;
            }
            if (item[(at + 1)..] is "now")
            {
                asked[item[..at]] = new AskedChannel(item[..at], null, null, IsAnnounced: true);
                continue;
            }
            var place = item[(at + 1)..].Split('.', 2);
            if (!long.TryParse(place[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                return null;
            asked[item[..at]] = new AskedChannel(item[..at], version, place.Length > 1 ? place[1] : null);
        }
        return [.. asked.Values];
    }
}
