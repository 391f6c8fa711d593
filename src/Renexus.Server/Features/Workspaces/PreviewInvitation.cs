using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Shows whoever holds the link what it leads to, signed in or not (OR-2).</summary>
internal static class PreviewInvitation
{
    private static readonly Query<InvitationPreview> Open = new("workspaces.preview_invitation", """
        select w.name as workspace_name, i.role, i.email, p.name as invited_by, i.expires_at
        from workspaces.invitation i
        join workspaces.workspace w on w.id = i.workspace_id and w.deleted_at is null
        left join accounts.person p on p.id = i.invited_by
        where i.id = $1 and i.token_hash = $2 and i.accepted_at is null and i.expires_at > $3
        """);

    public static async Task<Results<Ok<InvitationPreview>, ProblemHttpResult>> HandleAsync(
        string token, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!SecretToken.TryParse(token, out var secret)
            || await database.QueryFirstAsync(Scope.None, AcceptInvitation.ByToken, [secret.Hash()], cancellationToken) is not { } door)
            return AcceptInvitation.Gone;

        // The token has opened this one workspace to its holder.
        var preview = await database.QueryFirstAsync(
            Scope.In(door.WorkspaceId), Open, [door.Id, secret.Hash(), clock.GetUtcNow()], cancellationToken);
        return preview is null ? AcceptInvitation.Gone : TypedResults.Ok(preview);
    }
}
