using System.Text.Json;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Exports;

/// <summary>
/// Makes an archive: reads the workspace as it is in one moment, and writes it down while it reads. A try that ends half-way leaves pieces that nobody sees; the next
/// one begins anew. That it is ready, who is told of it and that the job is done commit together.
/// </summary>
internal sealed class MakeExport(
    Database database, IEnumerable<WorkspaceData> parts, Notices notices, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<Wanted> Kind = new("exports.make", Queues.Files)
    {
        TellsActor = true,
        Timeout = TimeSpan.FromHours(6),
        Retry = new RetryPolicy { MaxAttempts = 4, First = TimeSpan.FromSeconds(10) },
    };

    internal sealed record Wanted(Guid ExportId);

    private sealed record WantedRow(Guid WorkspaceId, string Name, Guid? RequestedBy);

    // A workspace that was deleted meanwhile is not found.
    private static readonly Query<WantedRow> Find = new("exports.wanted", """
        select e.workspace_id, w.name, e.requested_by
        from exports.export e
        join workspaces.named w on w.id = e.workspace_id
        where e.id = $1 and e.removed_at is null and e.ready_at is null
        """);

    private static readonly Command Finish = new("exports.finish", """
        update exports.export set run = $2, bytes = $3, counts = $4, ready_at = $5, expires_at = $6
        where id = $1 and removed_at is null and ready_at is null
        """);

    // Of tries that did not come to their end. A worker that wakes late may leave some after this: they go with the archive.
    private static readonly Command ForgetOthers = new("exports.forget_other_runs", """
        delete from exports.piece p
        where (p.export_id, p.run, p.number) in (select o.export_id, o.run, o.number from exports.piece o where o.export_id = $1 limit $2)
        """);

    public async Task RunAsync(Wanted wanted, JobContext job, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(job.Scope, Find, [wanted.ExportId], cancellationToken) is not { } export)
            return;

        try
        {
            await MakeAsync(wanted.ExportId, export, job, cancellationToken);
        }
        catch (Exception e) when (e is JobFailedException || (job.IsLastAttempt && e is not (OperationCanceledException or JobLostException)))
        {
            await TellOfFailureAsync(wanted.ExportId, export, job, cancellationToken);
            throw;
        }
    }

    private async Task MakeAsync(Guid exportId, WantedRow export, JobContext job, CancellationToken cancellationToken)
    {
        while (await database.ExecuteAsync(job.Scope, ForgetOthers, [exportId, ExportRetention.AtOnce], cancellationToken) == ExportRetention.AtOnce)
            cancellationToken.ThrowIfCancellationRequested();

        var run = Guid.CreateVersion7(clock.GetUtcNow());
        await using var pieces = new PieceWriter(database, job.Scope, exportId, export.WorkspaceId, run, options.Exports.MaxBytes);
        IReadOnlyList<Archive.FileEntry> files;
        await using (var snapshot = await database.BeginSnapshotAsync(job.Scope, cancellationToken))
        {
            var archive = new Archive([.. parts.OrderBy(part => part.Name, StringComparer.Ordinal)], snapshot, export.WorkspaceId, clock.GetUtcNow());
            files = await archive.WriteAsync(pieces, job.Report, cancellationToken);
        }
        var bytes = await pieces.CompleteAsync(cancellationToken);

        var now = clock.GetUtcNow();
        var counts = files.ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => file.Items, StringComparer.Ordinal);
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        if (await work.ExecuteAsync(
            Finish, [exportId, run, bytes, Arg.Json(JsonSerializer.Serialize(counts, Json.Options)), now, now + options.Exports.Lifetime], cancellationToken) == 0)
            return;

        work.AnnounceExport(ChangeOp.Update, export.WorkspaceId, exportId, export.RequestedBy);
        work.Record(AuditActions.ExportMade, export.WorkspaceId, exportId, after: new { bytes, counts });
        await TellAsync(work, exportId, export, exportId, $"The archive of {export.Name} is ready", cancellationToken);
        job.SetResult(new { exportId, bytes });
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(now);
    }

    private async Task TellOfFailureAsync(Guid exportId, WantedRow export, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        await TellAsync(work, exportId, export, job.Id, $"The archive of {export.Name} could not be made", cancellationToken);
        work.AnnounceExport(ChangeOp.Update, export.WorkspaceId, exportId, export.RequestedBy);
        await work.CommitAsync(clock.GetUtcNow());
    }

    private Task TellAsync(Work work, Guid exportId, WantedRow export, Guid subjectId, string title, CancellationToken cancellationToken) =>
        export.RequestedBy is { } person
            ? notices.GiveAsync(
                work, new Notice(NotificationKind.Export, person, subjectId, title, $"/w/{export.WorkspaceId}/export?archive={exportId}") { WorkspaceId = export.WorkspaceId },
                cancellationToken)
            : Task.CompletedTask;
}
