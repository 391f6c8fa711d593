using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime.Sockets;

namespace Renexus.Engine.Realtime;

/// <summary>
/// Who is present on which channel, counted for each person over all connections and nodes (docs/spec/presence.md). Nothing of it is
/// stored: each node tells the others who is here (<see cref="PresenceGossip"/>), and a dead node's people go with its lease.
/// </summary>
/// <remarks>
/// One lock for all rooms: coming and going is rare and takes a few lookups. Connections that do not ask for presence cost nothing here.
/// </remarks>
public sealed partial class Presence : IAsyncDisposable
{
    /// <summary>People in one message, so that it stays small enough to travel with others.</summary>
    private const int PeopleAMessage = 500;

    /// <summary>A room this many people larger is told of changes one interval later: who comes and goes there matters less, to more.</summary>
    private const int PeopleAnInterval = 500;

    private readonly MessageEncoder encoder;
    private readonly PresenceGossip gossip;
    private readonly PresenceOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<Presence> logger;
    private readonly Lock gate = new();
    private readonly Dictionary<ChannelId, Room> rooms = [];
    private readonly HashSet<Room> changed = [];
    private readonly ITimer timer;

    public Presence(MessageEncoder encoder, PresenceGossip gossip, PresenceOptions options, TimeProvider clock, ILogger<Presence> logger)
    {
        (this.encoder, this.gossip, this.options, this.clock, this.logger) = (encoder, gossip, options, clock, logger);
        gossip.Heard += OnHeard;
        gossip.Asked += OnAsked;
        timer = clock.CreateTimer(static presence => ((Presence)presence!).OnTime(), this, options.MergeOver, options.MergeOver);
    }

    /// <summary>
    /// Lets a connection see who is present on a channel, and its person be seen. It is sent the state at once, and from then on
    /// whoever comes and goes.
    /// </summary>
    public void Join(ChannelId channel, Guid user, ISubscriber subscriber)
    {
        lock (gate)
        {
            var room = RoomOf(channel);
            if (room.Listeners.ContainsKey(subscriber))
                return;
            var isNew = room.Local.TryAdd(user, new Here());
            room.Local[user].Connections++;
            room.Local[user].GoneAt = null;
            if (isNew)
                gossip.Tell(channel, user, isHere: true);
            Note(room);
            if (clock.GetElapsedTime(room.ToldAt) >= IntervalOf(room))
                Tell(room);
            // Only now: its first news follow the state.
            room.Listeners.Add(subscriber, user);
            foreach (var message in StateOf(room))
                subscriber.TrySend(message);
        }
    }

    /// <summary>A connection leaves a channel; does nothing when it did not join.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="subscriber">Who joined.</param>
    /// <param name="mayReturn">It was cut or closed: a page that is loaded again is back in a moment, and nobody need notice.</param>
    public void Leave(ChannelId channel, ISubscriber subscriber, bool mayReturn)
    {
        lock (gate)
        {
            if (!rooms.TryGetValue(channel, out var room) || !room.Listeners.Remove(subscriber, out var user))
                return;
            var here = room.Local[user];
            if (--here.Connections == 0)
            {
                here.GoneAt = clock.GetUtcNow() + (mayReturn ? options.Grace : TimeSpan.Zero);
                Note(room);
            }
            CloseIfEmpty(room);
        }
    }

    /// <summary>Sends the state again to a connection that may have missed something.</summary>
    public void Repeat(ChannelId channel, ISubscriber subscriber)
    {
        lock (gate)
        {
            if (!rooms.TryGetValue(channel, out var room) || !room.Listeners.ContainsKey(subscriber))
                return;
            foreach (var message in StateOf(room))
                subscriber.TrySend(message);
        }
    }

    public ValueTask DisposeAsync()
    {
        gossip.Heard -= OnHeard;
        gossip.Asked -= OnAsked;
        return timer.DisposeAsync();
    }

    private void OnTime()
    {
        try
        {
            LetGo();
            gossip.Flush();
        }
        catch (Exception e)
        {
            // On a timer's thread it would take the process along. What was not told is told with the next change.
            LogNotTold(e);
        }
    }

    /// <summary>Those whose time has come are gone, and whoever is due is told.</summary>
    private void LetGo()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var room in changed.ToArray())
            {
                foreach (var (user, _) in room.Local.Where(one => one.Value.GoneAt <= now).ToArray())
                {
                    room.Local.Remove(user);
                    gossip.Tell(room.Channel, user, isHere: false);
                }
                if (clock.GetElapsedTime(room.ToldAt) >= IntervalOf(room))
                    Tell(room);
                CloseIfEmpty(room);
            }
        }
    }

    /// <summary>Somebody came or went on another node.</summary>
    private void OnHeard(Guid node, ChannelId channel, Guid user, bool isHere)
    {
        lock (gate)
        {
            var room = RoomOf(channel);
            if (!room.Remote.TryGetValue(node, out var people))
                room.Remote[node] = people = [];
            if (isHere)
                people.Add(user);
            else
                people.Remove(user);
            if (people.Count == 0)
                room.Remote.Remove(node);
            Note(room);
            CloseIfEmpty(room);
        }
    }

    /// <summary>Another node wants to know everybody who is here.</summary>
    private List<(ChannelId Channel, Guid User)> OnAsked()
    {
        lock (gate)
            return [.. rooms.Values.SelectMany(room => room.Local.Keys.Select(user => (room.Channel, user)))];
    }

    private Room RoomOf(ChannelId channel)
    {
        if (!rooms.TryGetValue(channel, out var room))
            rooms[channel] = room = new Room(channel);
        return room;
    }

    private void Note(Room room) => changed.Add(room);

    private void CloseIfEmpty(Room room)
    {
        if (room.Listeners.Count > 0 || room.Local.Count > 0 || room.Remote.Count > 0)
            return;
        rooms.Remove(room.Channel);
        changed.Remove(room);
    }

    private TimeSpan IntervalOf(Room room) => options.MergeOver * (1 + (room.Told.Count / PeopleAnInterval));

    /// <summary>Tells the listeners what is different from what they were told; whoever came and went meanwhile is in neither.</summary>
    private void Tell(Room room)
    {
        var now = clock.GetUtcNow();
        var present = room.Present(now);
        var join = present.Except(room.Told).ToArray();
        var leave = room.Told.Except(present).ToArray();
        if (join.Length + leave.Length > 0)
        {
            room.Told = present;
            room.State = null;
            room.ToldAt = clock.GetTimestamp();
            SendToAll(room, join, leave, now);
        }
        if (!room.Local.Values.Any(here => here.GoneAt is not null))
            changed.Remove(room);
    }

    private void SendToAll(Room room, Guid[] join, Guid[] leave, DateTimeOffset now)
    {
        if (room.Listeners.Count == 0)
            return;
        var listeners = room.Listeners.Keys.ToArray();
        for (var from = 0; from < Math.Max(join.Length, leave.Length); from += PeopleAMessage)
        {
            var message = Encode(room.Channel, (null, join.Skip(from).Take(PeopleAMessage), leave.Skip(from).Take(PeopleAMessage), now));
            foreach (var listener in listeners)
            {
                if (!listener.IsSlow)
                    listener.TrySend(message);
            }
        }
    }

    /// <summary>What the listeners were told, encoded once for whoever joins until it changes; the first message replaces what is known.</summary>
    private OutboundMessage[] StateOf(Room room)
    {
        if (room.State is { } known)
            return known;
        var chunks = room.Told.Order().Chunk(PeopleAMessage).ToArray();
        OutboundMessage[] state =
        [
            Encode(room.Channel, (chunks.FirstOrDefault() ?? [], [], [], default)),
            .. chunks.Skip(1).Select(chunk => Encode(room.Channel, (null, chunk, [], default))),
        ];
        return room.State = state;
    }

    private OutboundMessage Encode(ChannelId channel, (IEnumerable<Guid>? State, IEnumerable<Guid> Join, IEnumerable<Guid> Leave, DateTimeOffset At) news) =>
        encoder.Update(channel, null, null, news, static (writer, news) =>
        {
            writer.WriteString("op"u8, "presence"u8);
            if (news.State is { } state)
            {
                People(writer, "state", state, null);
                return;
            }
            People(writer, "join", news.Join, null);
            People(writer, "leave", news.Leave, news.At);
        }, ephemeral: true);

    private static void People(Utf8JsonWriter writer, string name, IEnumerable<Guid> people, DateTimeOffset? lastActiveAt)
    {
        writer.WriteStartArray(name);
        foreach (var person in people)
        {
            writer.WriteStartObject();
            writer.WriteString("userId"u8, person);
            if (lastActiveAt is { } at)
                writer.WriteString("lastActiveAt"u8, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    [LoggerMessage(1461, LogLevel.Error, "Presence was not told")]
    private partial void LogNotTold(Exception exception);

    /// <summary>One channel's people, while anybody is there or looks.</summary>
    private sealed class Room(ChannelId channel)
    {
        public ChannelId Channel => channel;

        /// <summary>The connections here that want to know, and whose they are.</summary>
        public Dictionary<ISubscriber, Guid> Listeners { get; } = [];

        /// <summary>People with a connection to this node, or with one a moment ago.</summary>
        public Dictionary<Guid, Here> Local { get; } = [];

        /// <summary>People of the other nodes.</summary>
        public Dictionary<Guid, HashSet<Guid>> Remote { get; } = [];

        /// <summary>Who is here according to what the listeners were told, and when that was.</summary>
        public HashSet<Guid> Told { get; set; } = [];

        public long ToldAt { get; set; }

        public OutboundMessage[]? State { get; set; }

        public HashSet<Guid> Present(DateTimeOffset now)
        {
            var present = Local.Where(here => here.Value.GoneAt is not { } gone || gone > now).Select(here => here.Key).ToHashSet();
            foreach (var people in Remote.Values)
                present.UnionWith(people);
            return present;
        }
    }

    private sealed class Here
    {
        public int Connections { get; set; }

        /// <summary>When it is over, once the last connection has left.</summary>
        public DateTimeOffset? GoneAt { get; set; }
    }
}

/// <summary>How presence is told.</summary>
public sealed record PresenceOptions
{
    /// <summary>Changes within this are told at once.</summary>
    public TimeSpan MergeOver { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whose last connection was cut or closed counts as present for so long.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}
