using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Files;

/// <summary>Removes a file for everybody, one's own, or as an admin anybody's; or gives up an upload. Where it was shown it is missing from now on.</summary>
internal static class DeleteFile
{
    private static readonly Query<Guid> Delete = new("files.delete", """
        delete from files.file f
        using files.visible v
        where f.id = $2 and v.id = f.id and v.viewer_id = $1 and ((f.created_by = $1 and v.role = any ($3)) or v.role = any ($4))
        returning f.id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid fileId, Caller caller, Database database, JobClient jobs, TimeProvider clock, CancellationToken cancellationToken) =>
        await RunAsync(fileId, caller.UserId, database, jobs, clock, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    /// <summary>Answers why not; null when it is done.</summary>
    public static async Task<ProblemHttpResult?> RunAsync(
        Guid fileId, Guid userId, Database database, JobClient jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await FileRow.FindAsync(work, fileId, userId, cancellationToken) is not { } file)
            return Problems.NotFound("file", fileId);
        if (!file.MayDelete(userId))
            return Problems.Forbidden("Who uploaded it, or an admin, deletes a file.");
        var deleted = await work.QueryAsync(
            Delete, [userId, fileId, Permissions.RolesFor(Permission.UploadFiles), Permissions.RolesFor(Permission.ModerateFiles)], cancellationToken);
        if (deleted.Count == 0)
            return Problems.NotFound("file", fileId);

        if (file.IsReady)
        {
            work.AnnounceFile(ChangeOp.Delete, file, userId);
            work.RecordFile(AuditActions.FileDeleted, file, before: new { file.Name, file.Size, file.Type });
        }
        await jobs.SweepAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
        return null;
    }
}
