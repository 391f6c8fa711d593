namespace Renexus.Engine.Changes;

/// <summary>What happened to a resource; on the wire <c>create</c>, <c>update</c>, <c>delete</c> and <c>updates</c>.</summary>
public enum ChangeOp : short
{
    Create = 1,
    Update = 2,
    Delete = 3,

    /// <summary>A document took steps of its text. The data is no resource but what happened, and its members stand in the payload themselves.</summary>
    Updates = 4,
}

/// <summary>A change that a transaction is about to append.</summary>
/// <param name="Channel">Where it is announced and takes its version.</param>
/// <param name="WorkspaceId">The workspace it belongs to; null on a person's own channel.</param>
/// <param name="Data">The resource as JSON in UTF-8; for a deletion what is left of it (at least <c>{}</c>).</param>
/// <param name="Actor">Who did it; null when the system did.</param>
/// <param name="Cause">The request's own id, when it had one: the idempotency key of the write (PROTOCOL, Write).</param>
public sealed record NewChange(
    ChannelId Channel, Guid? WorkspaceId, ChangeOp Op, string Resource, Guid ResourceId, byte[] Data, Guid? Actor, string? Cause);

/// <summary>A committed change at its place in its channel.</summary>
/// <param name="Version">1, 2, 3 … without a gap within its channel and epoch.</param>
/// <param name="Epoch">What the version counts in; another one means that versions started over.</param>
/// <param name="Data">JSON in UTF-8.</param>
public sealed record Change(
    ChannelId Channel, long Version, long Epoch, ChangeOp Op, string Resource, Guid ResourceId, ReadOnlyMemory<byte> Data, Guid? Actor, string? Cause);
