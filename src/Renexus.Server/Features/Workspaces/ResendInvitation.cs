using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Sends an invitation again, with a new link and its whole time: the link before it opens nothing any more (OR-2).</summary>
internal static class ResendInvitation
{
    public static async Task<Results<Accepted<Invitation>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid invitationId, Caller caller, Database database, Invitations invitations,
        CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is null)
            return Problems.NotFound("workspace", workspaceId);

        var (refusal, invitation) = await invitations.InviteAgainAsync(work, workspaceId, invitationId, caller.UserId, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Accepted((string?)null, invitation);
    }
}
