using System.Collections.Frozen;
using Renexus.Engine.Changes;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Webhooks;

/// <summary>What endpoints can ask for: what the features have registered as public.</summary>
internal sealed class EventTypes(IEnumerable<PublicResource> resources)
{
    /// <summary>All of them, also those to come.</summary>
    public const string Every = "*";

    /// <summary>Of a try-out; it is sent to whoever asked for it and cannot be chosen.</summary>
    public const string Test = "webhook.test";

    private readonly FrozenDictionary<(string, short), PublicResource> byChannel = resources.ToFrozenDictionary(r => (r.Name, r.ChannelKind));

    public IReadOnlyList<string> All { get; } = [.. resources.OrderBy(r => r.Name, StringComparer.Ordinal).SelectMany(r => r.Types)];

    /// <summary>What it is on this kind of channel; null where it is nobody's event.</summary>
    public PublicResource? Find(string resource, short channelKind) => byChannel.GetValueOrDefault((resource, channelKind));

    /// <summary>Why these cannot be asked for; null when they can.</summary>
    public string? Refuse(IReadOnlyList<string> events) =>
        events.FirstOrDefault(type => type != Every && !All.Contains(type, StringComparer.Ordinal)) is { } unknown
            ? $"There is no event type {unknown}; there are {Every}, {string.Join(", ", All)}."
            : null;
}
