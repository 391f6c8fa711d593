using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime;

/// <summary>
/// Tells the other nodes who is present here, and hears it from them. What a node tells is numbered: whoever misses a number, or finds by the
/// node's regular sign of life that it has, asks that node for everything. A node whose lease is over is forgotten with all its people.
/// </summary>
public sealed class PresenceGossip : IDisposable
{
    private const string Kind = "presence";

    // A hint's payload is 8 000 bytes at most.
    private const int MaxBody = 6_000;

    private readonly HintBus hints;
    private readonly NodeLease lease;
    private readonly TimeProvider clock;
    private readonly string self;
    private readonly string incarnation = Guid.NewGuid().ToString("N")[..12];
    private readonly Lock gate = new();
    private readonly List<(ChannelId Channel, Guid User, bool IsHere)> untold = [];
    private readonly Dictionary<Guid, Peer> peers = [];
    private long sequence;
    private long signOfLifeAt;

    public PresenceGossip(HintBus hints, NodeLease lease, NodeOptions node, TimeProvider clock)
    {
        (this.hints, this.lease, this.clock) = (hints, lease, clock);
        self = node.Id.ToString("N");
        SignOfLifeEvery = node.RenewEvery;
        hints.Signalled += OnSignal;
        hints.Reconnected += AskAll;
        lease.PeersSeen += OnPeersSeen;
    }

    /// <summary>Somebody came (true) or went on another node.</summary>
    public event Action<Guid, ChannelId, Guid, bool>? Heard;

    /// <summary>Everybody who is here is asked for.</summary>
    public event Func<List<(ChannelId Channel, Guid User)>>? Asked;

    private TimeSpan SignOfLifeEvery { get; }

    /// <summary>Somebody came or went here; told with the next <see cref="Flush"/>.</summary>
    public void Tell(ChannelId channel, Guid user, bool isHere)
    {
        if (!hints.HasPeers)
            return;
        lock (gate)
            untold.Add((channel, user, isHere));
    }

    /// <summary>Sends what is to be told, or a sign of life when that is due.</summary>
    public void Flush()
    {
        if (!hints.HasPeers)
            return;
        lock (gate)
        {
            foreach (var body in Bodies(untold))
                Send('d', ++sequence, body);
            untold.Clear();
            if (clock.GetElapsedTime(signOfLifeAt) < SignOfLifeEvery)
                return;
            signOfLifeAt = clock.GetTimestamp();
            Send('s', sequence, "");
        }
    }

    public void Dispose()
    {
        hints.Signalled -= OnSignal;
        hints.Reconnected -= AskAll;
        lease.PeersSeen -= OnPeersSeen;
    }

    /// <summary>Signals may have been missed, or this node has just come.</summary>
    private void AskAll() => Ask("");

    private void Ask(string node) => Send('a', 0, node);

    private void Send(char what, long number, string body) =>
        hints.Signal(Kind, string.Create(CultureInfo.InvariantCulture, $"{self},{incarnation},{what},{number},{body}"));

    private void OnSignal(string kind, string value)
    {
        if (kind is not Kind || value.Split(',', 5) is not [var name, var life, [var what], var counted, var body]
            || !Guid.TryParseExact(name, "N", out var node) || !long.TryParse(counted, CultureInfo.InvariantCulture, out var number))
            return;
        if (what is 'a')
        {
            if (body.Length == 0 || string.Equals(body, self, StringComparison.Ordinal))
                Answer();
            return;
        }
        var heard = new List<(ChannelId, Guid, bool)>();
        lock (gate)
            Take(node, life, what, number, body, heard);
        foreach (var (channel, user, isHere) in heard)
            Heard?.Invoke(node, channel, user, isHere);
    }

    /// <summary>Everything, in parts that follow each other: the first begins anew, the last says the number that it is true for.</summary>
    private void Answer()
    {
        // Not under the own lock: whoever is asked holds another one when it tells. What is told meanwhile has a later number.
        var number = Interlocked.Read(ref sequence);
        var everybody = Asked?.Invoke() ?? [];
        lock (gate)
        {
            Send('b', number, "");
            foreach (var body in Bodies([.. everybody.Select(one => (one.Channel, one.User, true))]))
                Send('p', number, body);
            Send('e', number, "");
        }
    }

    private void Take(Guid node, string life, char what, long number, string body, List<(ChannelId, Guid, bool)> heard)
    {
        if (!peers.TryGetValue(node, out var peer))
            peers[node] = peer = new Peer(life);
        if (!string.Equals(peer.Life, life, StringComparison.Ordinal))
        {
            // The process was started again: whoever was on the old one is gone.
            heard.AddRange(peer.Here.Select(one => (one.Channel, one.User, false)));
            peers[node] = peer = new Peer(life);
        }
        switch (what)
        {
            case 'd' when peer.IsLevel && number == peer.Number + 1:
                peer.Number = number;
                Apply(peer, Read(body), heard);
                break;
            case 's' when peer.IsLevel && number == peer.Number:
                break;
            case 'd' or 's':
                // What was asked for is on its way, or was lost: the next sign of life asks again.
                if (what is 's' || peer.IsLevel)
                    Ask(node.ToString("N"));
                peer.IsLevel = false;
                break;
            case 'b':
                peer.Coming = [];
                break;
            case 'p':
                peer.Coming?.UnionWith(Read(body).Select(one => (one.Channel, one.User)));
                break;
            case 'e' when peer.Coming is { } coming:
                Apply(peer, [.. peer.Here.Except(coming).Select(one => (one.Channel, one.User, false)), .. coming.Select(one => (one.Channel, one.User, true))], heard);
                (peer.Number, peer.IsLevel, peer.Coming) = (number, true, null);
                break;
        }
    }

    private static void Apply(Peer peer, IEnumerable<(ChannelId Channel, Guid User, bool IsHere)> news, List<(ChannelId, Guid, bool)> heard)
    {
        foreach (var (channel, user, isHere) in news)
        {
            if (isHere ? peer.Here.Add((channel, user)) : peer.Here.Remove((channel, user)))
                heard.Add((channel, user, isHere));
        }
    }

    private void OnPeersSeen(IReadOnlyList<Guid> living)
    {
        var gone = new List<(Guid Node, ChannelId Channel, Guid User)>();
        lock (gate)
        {
            foreach (var node in peers.Keys.Except(living).ToArray())
            {
                gone.AddRange(peers[node].Here.Select(one => (node, one.Channel, one.User)));
                peers.Remove(node);
            }
        }
        foreach (var (node, channel, user) in gone)
            Heard?.Invoke(node, channel, user, false);
    }

    // kind.channel, then +person for who came and !person for who went; channels are divided by |
    private static List<string> Bodies(List<(ChannelId Channel, Guid User, bool IsHere)> news)
    {
        var bodies = new List<string>();
        var text = new StringBuilder();
        ChannelId? at = null;
        foreach (var (channel, user, isHere) in news)
        {
            if (text.Length > MaxBody)
            {
                bodies.Add(text.ToString());
                text.Clear();
                at = null;
            }
            if (at != channel)
            {
                text.Append(at is null ? "" : "|").Append(channel.Kind).Append('.').Append(Name(channel.Id));
                at = channel;
            }
            text.Append(isHere ? '+' : '!').Append(Name(user));
        }
        if (text.Length > 0)
            bodies.Add(text.ToString());
        return bodies;
    }

    private static List<(ChannelId Channel, Guid User, bool IsHere)> Read(string body)
    {
        var news = new List<(ChannelId, Guid, bool)>();
        foreach (var entry in body.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var first = entry.AsSpan().IndexOfAny('+', '!');
            if (first < 0 || entry[..first].Split('.', 2) is not [var kind, var id])
                continue;
            var channel = new ChannelId(short.Parse(kind, CultureInfo.InvariantCulture), Parse(id));
            for (var from = first; from < entry.Length; from += 1 + NameLength)
                news.Add((channel, Parse(entry.AsSpan(from + 1, NameLength)), entry[from] == '+'));
        }
        return news;
    }

    private const int NameLength = 22;

    private static string Name(Guid id) => Base64Url.EncodeToString(id.ToByteArray());

    private static Guid Parse(ReadOnlySpan<char> name) => new(Base64Url.DecodeFromChars(name));

    /// <summary>What is known of another node.</summary>
    private sealed class Peer(string life)
    {
        /// <summary>Tells one start of its process from the next.</summary>
        public string Life => life;

        /// <summary>The last number heard.</summary>
        public long Number { get; set; }

        /// <summary>Whether everything up to that number is known.</summary>
        public bool IsLevel { get; set; }

        public HashSet<(ChannelId Channel, Guid User)> Here { get; } = [];

        /// <summary>The answer to a question, while it comes.</summary>
        public HashSet<(ChannelId Channel, Guid User)>? Coming { get; set; }
    }
}
