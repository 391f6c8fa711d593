namespace Renexus.Engine.Audit;

/// <summary>An entry as it stands in its chain, for whoever checks it.</summary>
public sealed record SealedEntry(
    short Form, Guid Chain, long Seq, Guid Id, Guid? WorkspaceId, Guid? PersonId, DateTimeOffset At, Guid? ActorId, Guid? SessionId, Guid? KeyId,
    string Action, string Resource, Guid? ResourceId, string? CorrelationId, string? Address, string? Device, Guid? OriginSalt,
    string? Before, string? After, Guid? ContentSalt, byte[] OriginDigest, byte[] ContentDigest, byte[] Hash, Guid? ErasedBy);
