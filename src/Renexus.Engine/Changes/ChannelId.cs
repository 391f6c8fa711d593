namespace Renexus.Engine.Changes;

/// <summary>
/// Where changes are announced: a kind (a small number that the host gives a name) and the id of what it is about.
/// </summary>
public readonly record struct ChannelId(short Kind, Guid Id);
