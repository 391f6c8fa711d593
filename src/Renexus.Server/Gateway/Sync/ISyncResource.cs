using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Sync;

/// <summary>A kind of thing that operations made offline may be about; the feature that owns it registers it (SY-2, SY-3).</summary>
internal interface ISyncResource
{
    /// <summary>Its name in operations and changes.</summary>
    string Name { get; }

    /// <summary>The operation, named as in <see cref="Operations"/>, whose permission and scope it takes; null when there is none of this kind.</summary>
    string? OperationOf(ChangeOp op);

    /// <summary>
    /// Carries the operation out, in at most one transaction of its own, with the operation's id as the cause of its changes. An answer that is
    /// a conflict or a refusal must have changed nothing.
    /// </summary>
    Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken);
}

/// <summary>An operation (SY-1).</summary>
/// <param name="Id">The client's id for it: its idempotency key, and the cause of what it changes.</param>
/// <param name="Base">The version it was made on.</param>
/// <param name="Data">A JSON object, or nothing.</param>
internal sealed record SyncWrite(Caller Caller, string Id, ChangeOp Op, Guid? ResourceId, long? Base, JsonElement? Data)
{
    /// <summary>The data as the operation's request, held to the same rules as over HTTP.</summary>
    /// <exception cref="ProblemException">It is not one.</exception>
    public T Read<T>()
        where T : class
    {
        if (Data is not { ValueKind: JsonValueKind.Object } data)
            throw new ProblemException(Problems.Invalid("data", "It is required, as an object."));
        var request = JsonPieces.Record<T>(JsonSerializer.SerializeToUtf8Bytes(data, Json.Options), "data")!;
        return Validation.Validation.Check(request) is { } problem ? throw new ProblemException(problem) : request;
    }

    /// <summary>The id of a parent that the data names, taken out of it, so that the rest is the operation's request.</summary>
    /// <exception cref="ProblemException">It does not.</exception>
    public (Guid Parent, SyncWrite Remainder) TakeParent(string member)
    {
        if (Data is not { ValueKind: JsonValueKind.Object } data || !data.TryGetProperty(member, out var value)
            || value.ValueKind != JsonValueKind.String || !value.TryGetGuid(out var parent))
            throw new ProblemException(Problems.Invalid($"data.{member}", "It is required: say where it belongs."));
        var rest = data.EnumerateObject().Where(property => !property.NameEquals(member)).ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        return (parent, this with { Data = JsonSerializer.SerializeToElement(rest, Json.Options) });
    }

    /// <summary>Which thing is meant.</summary>
    /// <exception cref="ProblemException">It does not say.</exception>
    public Guid RequireResourceId() => ResourceId ?? throw new ProblemException(Problems.Invalid("resourceId", "Say which one."));

    /// <summary>The id of what is created.</summary>
    public Guid NewResourceId() => ResourceId ?? RequestIds.ToResourceId(Caller.UserId, Id);
}

/// <summary>What became of an operation: done, alone or together with others' changes; not done, because they do not fit; or refused.</summary>
internal sealed record SyncAnswer(string Outcome, Guid? ResourceId, long? Version, JsonElement? Data, SyncConflict? Conflict = null, CodedProblem? Problem = null)
{
    public static SyncAnswer Done(Guid resourceId, long version, object data, bool isMerged = false) =>
        new(isMerged ? SyncOutcomes.Merged : SyncOutcomes.Applied, resourceId, version, Element(data));

    public static SyncAnswer Conflicting(Guid resourceId, object? @base, object? mine, object? theirs, long version) => new(
        SyncOutcomes.Conflict, resourceId, Version: null, Data: null,
        new SyncConflict(ElementOrNull(@base), ElementOrNull(mine), ElementOrNull(theirs), version));

    public static SyncAnswer Refused(CodedProblem problem) => new(SyncOutcomes.Rejected, null, null, null, Problem: problem);

    public SyncResult ToResult(string id, string? traceId) => new(
        id, Outcome, ResourceId, Version, Data, Conflict, Problem is null ? null : ProblemWriter.ToContract(Problem, traceId));

    private static JsonElement? ElementOrNull(object? value) => value is null ? null : Element(value);

    private static JsonElement Element(object value) => value is JsonElement element ? element : JsonSerializer.SerializeToElement(value, value.GetType(), Json.Options);
}
