using System.Diagnostics.CodeAnalysis;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>All kinds of channel, each registered by the feature that owns it.</summary>
internal sealed class ChannelDirectory
{
    private readonly Dictionary<string, ChannelRules> byName;
    private readonly Dictionary<short, ChannelRules> byKind;

    public ChannelDirectory(IEnumerable<ChannelRules> rules)
    {
        var all = rules.ToArray();
        byName = all.ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        byKind = all.ToDictionary(rule => rule.Kind);
    }

    public ChannelRules this[ChannelId channel] => byKind[channel.Kind];

    public string NameOf(ChannelId channel) => $"{byKind[channel.Kind].Name}:{channel.Id}";

    public bool TryFind(string name, out ChannelId channel, [NotNullWhen(true)] out ChannelRules? rules)
    {
        channel = default;
        rules = null;
        if (!ChannelNames.TryParse(name, out var kind, out var id))
            return false;
        if (!byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(kind, out rules))
            return false;
        channel = new ChannelId(rules.Kind, id);
        return true;
    }
}
