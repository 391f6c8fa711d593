using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class CreateWorkspace
{
    private static readonly Query<Workspace> Insert = new("workspaces.create", """
        with made as (
          insert into workspaces.workspace (id, name, created_by, created_at, updated_at)
          values ($1, $2, $3, $4, $4)
          on conflict (id) do nothing
          returning id, name, version, created_at, updated_at
        ), joined as (
          insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at)
          select id, $3, 'owner', $4, $4 from made
          returning workspace_id, role
        )
        select made.id, made.name, joined.role, made.version, made.created_at, made.updated_at
        from made join joined on joined.workspace_id = made.id
        """);

    // The same request again: the maker's own id answers as the first time.
    private static readonly Query<Workspace> MadeBefore = new("workspaces.made_before", """
        select w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        from workspaces.workspace w
        join workspaces.membership m on m.workspace_id = w.id
        where w.id = $1 and m.user_id = $2 and w.created_by = $2 and w.deleted_at is null
        """);

    public static async Task<Results<Created<Workspace>, ProblemHttpResult>> HandleAsync(
        CreateWorkspaceRequest request, Caller caller, HttpResponse response, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = request.Id ?? Guid.CreateVersion7(now);
        if (id == Guid.Empty)
            return Problems.Validation("id", "It must not be all zeros.");

        // Nobody is a member of what does not exist yet, so the scope names the workspace itself.
        await using var work = await database.BeginAsync(Scope.In(id), cancellationToken);
        var workspace = await work.QueryFirstAsync(Insert, [id, request.Name!.Trim(), caller.UserId, now], cancellationToken);
        if (workspace is not null)
        {
            work.AnnounceToWorkspace(id, ChangeOp.Create, "workspace", id, workspace with { Role = null }, caller.UserId);
            work.AnnounceToUser(
                caller.UserId, ChangeOp.Create, "membership", id, new Membership(id, workspace.Name, Roles.Owner), caller.UserId);
            work.Record(AuditActions.WorkspaceCreated, id, id, after: new { workspace.Name });
            await work.CommitAsync(now);
        }
        else
        {
            workspace = await work.QueryFirstAsync(MadeBefore, [id, caller.UserId], cancellationToken);
            if (workspace is null)
                return Problems.Conflict("This id belongs to something else.");
        }

        response.SetVersion(workspace.Version);
        return TypedResults.Created($"/api/workspaces/{id}", workspace);
    }
}
