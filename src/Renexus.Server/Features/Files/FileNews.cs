using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Files;

/// <summary>What others are told of files, and what the trail says of them.</summary>
internal static class FileNews
{
    /// <summary>To the workspace. A file of a thread is no news to whoever does not see that: its messages tell of it.</summary>
    public static void AnnounceFile(this Work work, ChangeOp op, FileRow file, Guid? actor)
    {
        if (file.ThreadId is not null)
            return;
        if (op is ChangeOp.Delete)
            work.AnnounceToWorkspace(file.WorkspaceId, op, "file", file.Id, new { id = file.Id, workspaceId = file.WorkspaceId }, actor);
        else
            work.AnnounceToWorkspace(file.WorkspaceId, op, "file", file.Id, file.ToInfo(), actor);
    }

    public static void RecordFile(this Work work, AuditAction action, FileRow file, object? before = null, object? after = null) =>
        work.Record(action, file.WorkspaceId, file.Id, before, after);

    /// <summary>The row is gone with this transaction; its bytes follow soon.</summary>
    public static Task SweepAsync(this JobClient jobs, Work work, CancellationToken cancellationToken) => jobs.EnqueueAsync(
        work, FileSweep.Kind, new NoPayload(), cancellationToken,
        new JobOptions { ForNobody = true, Unique = new UniqueKey(FileSweep.Kind.Name) { OnlyWhileWaiting = true } });
}
