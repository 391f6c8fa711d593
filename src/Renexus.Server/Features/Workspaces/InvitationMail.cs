using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Writes the mails of invitations. The token of a link is made when its mail is sent, so the mail sent last has the one that works.
/// </summary>
internal sealed class InvitationMail(Database database, RenexusOptions options, TimeProvider clock)
{
    public const string Kind = "workspace.invitation";
    public const string UsedKind = "workspace.invitation_used";

    private sealed record Open(string Email, string WorkspaceName, string? InviterName, DateTimeOffset ExpiresAt);

    private static readonly Query<Open> GiveToken = new("workspaces.give_invitation_token", """
        with given as (
          update workspaces.invitation i
          set token_hash = $3
          where i.id = $2 and i.workspace_id = $1 and i.accepted_at is null and i.expires_at > $4
          returning i.workspace_id, i.email, i.invited_by, i.expires_at
        )
        select i.email, w.name as workspace_name, p.name as inviter_name, i.expires_at
        from given i
        join workspaces.workspace w on w.id = i.workspace_id and w.deleted_at is null
        left join accounts.person p on p.id = i.invited_by
        """);

    public async Task<MailText?> WriteAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var workspaceId = data.GetProperty("workspaceId").GetGuid();
        var token = SecretToken.New();
        var open = await database.QueryFirstAsync(
            Scope.In(workspaceId), GiveToken, [workspaceId, data.GetProperty("invitationId").GetGuid(), token.Hash(), clock.GetUtcNow()], cancellationToken);
        if (open is null)
            return null;

        var inviter = open.InviterName ?? "Somebody";
        return new MailText(
            open.Email,
            $"{inviter} invites you to {open.WorkspaceName}",
            [$"{inviter} invites you to the workspace \"{open.WorkspaceName}\" on Renexus."],
            new MailLink("Open this link to join", $"{options.PublicUrl}/invite?token={token.Reveal()}"),
            [$"It works once, until {open.ExpiresAt:yyyy-MM-dd HH:mm} UTC.",
             "If you do not know what this is about, ignore it: nothing happens without you."]);
    }

    /// <summary>To whoever invited, when somebody else than expected came by the link.</summary>
    public static Task<MailText?> WriteUsedAsync(JsonElement data, CancellationToken cancellationToken)
    {
        string Of(string name) => data.GetProperty(name).GetString()!;
        return Task.FromResult<MailText?>(new MailText(
            Of("inviterEmail"),
            $"{Of("name")} joined {Of("workspaceName")} with another address",
            [$"You invited {Of("email")} to the workspace \"{Of("workspaceName")}\".",
             $"The invitation was accepted by {Of("name")} <{Of("memberEmail")}>, who has joined as {Of("role")}.",
             "If that is not who you meant, remove this person in the workspace's members."]));
    }
}
