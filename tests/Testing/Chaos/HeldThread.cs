using System.Text.Json;
using Renexus.Client.Realtime;
using Renexus.Contracts;

namespace Renexus.Testing.Chaos;

/// <summary>What a client holds of one thread: states and changes folded by the version rule, and which intents it saw carried out.</summary>
internal sealed class HeldThread
{
    /// <summary>What threads are called at first: their creation is not announced on their own channel.</summary>
    public const string FirstTitle = "Plans";

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, string> bodies = [];
    private readonly Dictionary<string, int> causes = new(StringComparer.Ordinal);
    private string title = FirstTitle;
    private long last;

    public long Last
    {
        get
        {
            lock (gate)
                return last;
        }
    }

    /// <summary>Intents that were carried out more than once.</summary>
    public IReadOnlyList<string> Twice
    {
        get
        {
            lock (gate)
                return [.. causes.Where(cause => cause.Value > 1).Select(cause => cause.Key)];
        }
    }

    public bool Saw(string cause)
    {
        lock (gate)
            return causes.ContainsKey(cause);
    }

    public bool Has(Guid message)
    {
        lock (gate)
            return bodies.ContainsKey(message);
    }

    public void On(ChannelEvent e)
    {
        lock (gate)
        {
            if (e is ChannelUpdate update && update.ReadChange() is var change)
                Apply(update.V, change.Op, change.Resource, change.ResourceId, change.Data, change.Cause);
            else if (e is ChannelSnapshot snapshot)
                Replace(snapshot.V, snapshot.Read().State!.Value);
        }
    }

    public void On(SyncChange change)
    {
        lock (gate)
        {
            // The rule: what is held already is ignored.
            if (change.V > last)
                Apply(change.V, change.Op, change.Resource, change.ResourceId, change.Data, change.Cause);
        }
    }

    public void On(SyncChannel channel)
    {
        lock (gate)
            Replace(channel.V, channel.State);
    }

    /// <summary>As text that equals another's exactly when they hold the same.</summary>
    public override string ToString()
    {
        lock (gate)
            return Show(title, bodies.Select(body => (body.Key, body.Value)));
    }

    public static string Show(string title, IEnumerable<(Guid Id, string Body)> messages) =>
        string.Join('\n', messages.OrderBy(message => message.Id).Select(message => $"{message.Id} {message.Body}").Prepend(title));

    private void Apply(long v, string op, string resource, Guid id, JsonElement data, string? cause)
    {
        if (v != last + 1)
            throw new InvalidOperationException($"Version {v} after {last}.");
        last = v;
        if (cause is not null)
            causes[cause] = causes.GetValueOrDefault(cause) + 1;
        if (resource is "thread")
            title = data.GetProperty("title").GetString()!;
        else if (op is "delete")
            bodies.Remove(id);
        else if (resource is "message")
            bodies[id] = data.GetProperty("body").GetString()!;
    }

    private void Replace(long v, JsonElement state)
    {
        last = v;
        title = state.GetProperty("thread").GetProperty("title").GetString()!;
        bodies.Clear();
        foreach (var message in state.GetProperty("messages").EnumerateArray())
            bodies[message.GetProperty("id").GetGuid()] = message.GetProperty("body").GetString()!;
    }
}
