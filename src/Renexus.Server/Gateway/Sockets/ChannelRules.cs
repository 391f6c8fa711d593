using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What a feature says about the kind of channel it owns; <see cref="ChannelDirectory"/> holds them all.</summary>
/// <param name="Kind">The number in the log.</param>
/// <param name="Name">The name on the wire: <c>thread</c> of <c>thread:ID</c>.</param>
internal sealed record ChannelRules(short Kind, string Name)
{
    /// <summary>Whether there is one channel of the kind, whose name is the kind's without an id: <c>ops</c>.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether the caller may listen. A channel that is not there and one that is not for the caller are the same.</summary>
    public required Func<Caller, Guid, CancellationToken, Task<bool>> MayListenAsync { get; init; }

    /// <summary>All channels of the kind that the caller may listen to.</summary>
    public required Func<Caller, CancellationToken, Task<IReadOnlyList<VisibleChannel>>> VisibleAsync { get; init; }

    /// <summary>The state that replaces what a client holds, and the position it is true for.</summary>
    public required Func<Caller, Guid, CancellationToken, Task<ChannelState?>> SnapshotAsync { get; init; }

    /// <summary>Takes steps of the channel's document, if it has one; the data is the array of updates.</summary>
    public ChannelWriter? Push { get; init; }

    /// <summary>What clients may tell each other here that nobody keeps: typing, cursors.</summary>
    public IReadOnlyList<EphemeralNews> Ephemeral { get; init; } = [];
}

/// <summary>Something that is told once and never kept (PROTOCOL, Presence and typing).</summary>
/// <param name="Op">As in the payload.</param>
/// <param name="MergeWithin">Said again by the same connection on the same channel within this, it is not told again.</param>
internal sealed record EphemeralNews(string Op, TimeSpan MergeWithin)
{
    /// <summary>Why the caller may not tell it there; null when that is allowed.</summary>
    public required Func<Caller, Guid, CancellationToken, Task<CodedProblem?>> RefusalAsync { get; init; }

    /// <summary>What everybody gets, a JSON object, from the payload that came.</summary>
    /// <exception cref="RefusedMessage">The payload is not right.</exception>
    public required Func<Caller, ReadOnlyMemory<byte>, byte[]> Encode { get; init; }
}

/// <summary>A channel that somebody may listen to.</summary>
/// <param name="WorkspaceId">The workspace it is of; null for a person's own.</param>
internal sealed record VisibleChannel(Guid Id, Guid? WorkspaceId);

/// <summary>A resource that can be written on a kind of channel; the feature that owns the resource registers it.</summary>
internal sealed record WritableResource(short Kind, string Resource, ChannelWriter Write);

/// <summary>A channel's state at a position.</summary>
/// <param name="Position">Its version and epoch.</param>
/// <param name="Json">The state as JSON in UTF-8.</param>
internal sealed record ChannelState(Position Position, byte[] Json);

/// <summary>
/// Carries out a write that came over a socket, through the same operation as over HTTP. The outer task ends when the write
/// has its place in line (so that a client's writes keep their order), the inner one when it has been committed or refused.
/// </summary>
internal delegate ValueTask<Task<Outcome<Written>>> ChannelWriter(ChannelWrite write);

/// <summary>A write (PROTOCOL, Write).</summary>
/// <param name="RequestId">The client's id for it: its idempotency key.</param>
/// <param name="Data">JSON, for the operation to read; its own copy.</param>
/// <param name="Connection">Where it came from.</param>
internal sealed record ChannelWrite(
    Caller Caller, Guid ChannelId, string RequestId, ChangeOp Op, Guid? ResourceId, long? Base, ReadOnlyMemory<byte> Data, Origin Connection)
{
    /// <summary>The data as the operation's request.</summary>
    /// <exception cref="RefusedMessage">It is not one.</exception>
    public T Read<T>()
        where T : class => JsonPieces.Record<T>(Data.Span, "payload.data") ?? throw new RefusedMessage("payload.data", "It is required.");

    /// <summary>The id of what is created, when the data brings none.</summary>
    public Guid NewResourceId() => ResourceId ?? RequestIds.ToResourceId(Caller.UserId, RequestId);

    /// <summary>Which resource is meant.</summary>
    /// <exception cref="RefusedMessage">It does not say.</exception>
    public Guid RequireResourceId() => ResourceId ?? throw new RefusedMessage("payload.resourceId", "Say which one.");
}

/// <summary>A committed write.</summary>
/// <param name="Version">Its place in the channel.</param>
/// <param name="Data">The resource as JSON in UTF-8.</param>
internal sealed record Written(string Resource, Guid ResourceId, long Version, ReadOnlyMemory<byte> Data)
{
    /// <summary>Of a push: the document's version after it.</summary>
    public long? Document { get; init; }
}
