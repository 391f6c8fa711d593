using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Realtime;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Who of a workspace is connected, and when the others were last (TH-4). Live it comes by <c>presence</c> on the workspace's channel.</summary>
internal static class ListPresence
{
    private static readonly Query<Guid> Members = new("workspaces.member_ids", """
        select m.user_id
        from workspaces.member m
        where m.workspace_id = $1
          and exists (select from workspaces.membership c where c.workspace_id = $1 and c.user_id = $2 and c.role = any ($3))
        order by m.user_id
        """);

    public static async Task<Results<Ok<MemberPresences>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Caller caller, Database database, SessionStore sessions, CancellationToken cancellationToken)
    {
        var members = await database.QueryAsync(
            Scope.Of(caller.UserId), Members, [workspaceId, caller.UserId, Permissions.RolesFor(Permission.SeeMembers)], cancellationToken);
        // Whoever may see the members is one of them.
        if (members.Count == 0)
            return Problems.NotFound("workspace", workspaceId);
        var seen = await sessions.SeenAsync([.. members], cancellationToken);
        return TypedResults.Ok(new MemberPresences(
            [.. seen.Select(one => new MemberPresence(one.UserId, one.IsOnline, one.IsOnline ? null : one.At))]));
    }
}
