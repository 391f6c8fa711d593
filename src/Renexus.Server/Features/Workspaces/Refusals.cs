using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Why a statement that carries its permission in its <c>where</c> touched nothing. Asked afterwards and only then, in the same
/// transaction: strangers learn nothing, members what they lack.
/// </summary>
internal static class Refusals
{
    /// <summary>The refusal; or, when neither absence nor permission is the reason, the workspace as the person sees it.</summary>
    public static async Task<(ProblemHttpResult? Problem, Workspace? Workspace)> ExplainAsync(
        this Work work, Guid workspaceId, Guid userId, Permission permission, CancellationToken cancellationToken)
    {
        var workspace = await work.QueryFirstAsync(GetWorkspace.ForMember, [workspaceId, userId], cancellationToken);
        if (workspace is null)
            return (Problems.NotFound("workspace", workspaceId), null);

        return Permissions.Allows(workspace.Role!, permission)
            ? (null, workspace)
            : (Problems.Forbidden($"This takes the role {string.Join(" or ", Permissions.RolesFor(permission))}; yours is {workspace.Role}."), null);
    }
}
