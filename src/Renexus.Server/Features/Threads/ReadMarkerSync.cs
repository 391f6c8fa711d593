using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Threads;

/// <summary>How far somebody has read, moved offline: the furthest of several devices stands.</summary>
internal sealed class ReadMarkerSync(Database database, TimeProvider clock) : ISyncResource
{
    public string Name => "readMarker";

    public string? OperationOf(ChangeOp op) => op == ChangeOp.Update ? "POST /api/threads/{threadId}/read" : null;

    public async Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (thread, request) = (write.RequireResourceId(), write.Read<MarkReadRequest>());
        var outcome = await MarkRead.RunAsync(thread, request, write.Caller.UserId, write.Id, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out var version)
            ? SyncAnswer.Refused(problem)
            : SyncAnswer.Done(thread, version, new { threadId = thread, version }, isMerged: version != request.Version);
    }
}
