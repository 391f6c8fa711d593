using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

internal static class GetWorkspace
{
    internal static readonly Query<Workspace> ForMember = new("workspaces.workspace_for_member", """
        select w.id, w.name, m.role, w.version, w.created_at, w.updated_at
        from workspaces.workspace w
        join workspaces.membership m on m.workspace_id = w.id
        where w.id = $1 and m.user_id = $2 and w.deleted_at is null
        """);

    public static async Task<Results<Ok<Workspace>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        var workspace = await database.QueryFirstAsync(
            Scope.Of(caller.UserId), ForMember, [workspaceId, caller.UserId], cancellationToken);
        if (workspace is null)
            return Problems.NotFound("workspace", workspaceId);

        response.SetVersion(workspace.Version);
        return TypedResults.Ok(workspace);
    }
}
