using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Exports;

/// <summary>An archive as it is read. While it is made, its job says how it stands.</summary>
internal sealed record ExportRow(
    Guid Id, Guid WorkspaceId, Guid JobId, Guid? RequestedBy, string? RequestedByName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? Bytes, string? Counts,
    DateTimeOffset? ReadyAt)
{
    /// <summary>$1 and $2: who asks, and in which roles; $3: now.</summary>
    public const string Select = """
        select e.id, e.workspace_id, e.job_id, e.requested_by, p.name as requested_by_name, e.created_at, e.expires_at, e.bytes, e.counts::text as counts, e.ready_at
        from exports.export e
        join workspaces.member m on m.workspace_id = e.workspace_id and m.user_id = $1 and m.role = any ($2)
        left join accounts.person p on p.id = e.requested_by
        where e.removed_at is null and e.expires_at > $3

        """;

    private static readonly Query<ExportRow> ById = new("exports.by_id", Select + "and e.workspace_id = $4 and e.id = $5");

    private static readonly Query<string> RoleIn = new(
        "exports.role_in", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    public static string[] Roles => Permissions.RolesFor(Permission.ExportWorkspace);

    public static Task<ExportRow?> FindAsync(Work work, Guid workspaceId, Guid exportId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(ById, [userId, Roles, now, workspaceId, exportId], cancellationToken);

    /// <summary>Why somebody may not export a workspace; null when they may.</summary>
    public static async Task<ProblemHttpResult?> RefuseAsync(Work work, Guid workspaceId, Guid userId, CancellationToken cancellationToken) =>
        await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken) switch
        {
            null => Problems.NotFound("workspace", workspaceId),
            { } role when Permissions.Allows(role, Permission.ExportWorkspace) => null,
            { } role => Problems.Forbidden($"Exports take the role {string.Join(" or ", Roles)}; yours is {role}."),
        };

    /// <summary>As it is shown, with what its job says as long as there is no archive.</summary>
    public async Task<WorkspaceExport> ToInfoAsync(Work work, Guid userId, DateTimeOffset now, JobClient jobs, CancellationToken cancellationToken)
    {
        if (ReadyAt is not null)
            return ToInfo("ready");
        var job = await jobs.FindAsync(JobId, cancellationToken);
        // It may have ended after this row was read; both are written in one transaction.
        if (job is { State: "done" } && await FindAsync(work, WorkspaceId, Id, userId, now, cancellationToken) is { ReadyAt: not null } ready)
            return ready.ToInfo("ready");

        var state = StateOf(job);
        return ToInfo(state) with
        {
            Progress = state is "running" ? job!.Progress ?? 0 : null,
            Note = job?.Note,
            Error = job?.Error ?? (state is "failed" ? "It ended without an archive." : null),
        };
    }

    public WorkspaceExport ToInfo(string state) => new(Id, WorkspaceId, JobId, state, RequestedBy, CreatedAt, ExpiresAt)
    {
        RequestedByName = RequestedByName,
        Bytes = Bytes,
        Counts = Counts is null ? null : JsonSerializer.Deserialize<Dictionary<string, long>>(Counts, Json.Options),
        ReadyAt = ReadyAt,
    };

    private static string StateOf(JobStatus? job) => job?.State switch
    {
        "ready" or "later" or "behind" => "waiting",
        "running" => "running",
        "cancelled" => "cancelled",
        _ => "failed",
    };
}

/// <summary>Tells the workspace that an archive is another one; what it is, only those are shown who may see it.</summary>
internal static class ExportNews
{
    public static void AnnounceExport(this Work work, ChangeOp op, Guid workspaceId, Guid exportId, Guid? actor) =>
        work.AnnounceToWorkspace(workspaceId, op, "export", exportId, new { id = exportId, workspaceId }, actor);
}
