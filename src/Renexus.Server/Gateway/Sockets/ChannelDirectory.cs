using System.Diagnostics.CodeAnalysis;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>All kinds of channel and what can be written on them, each registered by the feature that owns it.</summary>
internal sealed class ChannelDirectory
{
    private readonly Dictionary<string, ChannelRules> byName;
    private readonly Dictionary<short, ChannelRules> byKind;
    private readonly ILookup<short, WritableResource> writable;

    public ChannelDirectory(IEnumerable<ChannelRules> rules, IEnumerable<WritableResource> resources)
    {
        writable = resources.ToLookup(resource => resource.Kind);
        var all = rules.ToArray();
        byName = all.ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        byKind = all.ToDictionary(rule => rule.Kind);
    }

    public ChannelRules this[ChannelId channel] => byKind[channel.Kind];

    /// <summary>Every kind there is.</summary>
    public IReadOnlyCollection<ChannelRules> All => byKind.Values;

    public string NameOf(ChannelId channel) => byKind[channel.Kind] is var rules && rules.IsSingle ? rules.Name : $"{rules.Name}:{channel.Id}";

    /// <summary>Who carries out writes of a resource on a channel.</summary>
    /// <exception cref="RefusedMessage">Nobody does.</exception>
    public ChannelWriter WriterOf(ChannelRules rules, string resource)
    {
        foreach (var candidate in writable[rules.Kind])
        {
            if (string.Equals(candidate.Resource, resource, StringComparison.Ordinal))
                return candidate.Write;
        }
        var names = string.Join(", ", writable[rules.Kind].Select(known => known.Resource));
        throw new RefusedMessage("payload.resource", $"On a {rules.Name} channel you can write: {(names.Length == 0 ? "nothing" : names)}.");
    }

    public bool TryFind(string name, out ChannelId channel, [NotNullWhen(true)] out ChannelRules? rules)
    {
        channel = default;
        rules = null;
        var hasId = ChannelNames.TryParse(name, out var kind, out var id);
        if (!byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(hasId ? kind : name, out var found) || found.IsSingle == hasId)
            return false;
        rules = found;
        channel = new ChannelId(rules.Kind, id);
        return true;
    }
}
