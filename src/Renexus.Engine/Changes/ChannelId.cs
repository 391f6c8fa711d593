namespace Renexus.Engine.Changes;

/// <summary>
/// Where changes are announced: a kind (a small number that the host gives a name) and the id of what it is about.
/// </summary>
public readonly record struct ChannelId(short Kind, Guid Id) : IComparable<ChannelId>
{
    /// <summary>The one global order in which channel rows are locked, so that transactions cannot deadlock on them.</summary>
    public int CompareTo(ChannelId other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : Id.CompareTo(other.Id);
}
