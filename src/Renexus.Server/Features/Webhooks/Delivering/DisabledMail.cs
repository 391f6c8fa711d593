using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>Tells who may do something about it that an endpoint was switched off.</summary>
internal sealed class DisabledMail(Database database, RenexusOptions options)
{
    public const string Kind = "webhooks.disabled";

    internal sealed record Notice(Guid WorkspaceId, Guid WebhookId, Guid UserId);

    private sealed record DisabledRow(string Url, string Reason, DateTimeOffset DisabledAt);

    private static readonly Query<DisabledRow> Find = new("webhooks.disabled", """
        select e.url, e.disabled_reason as reason, e.disabled_at
        from webhooks.endpoint e
        join workspaces.member m on m.workspace_id = e.workspace_id and m.user_id = $3 and m.role = any ($4)
        where e.id = $2 and e.workspace_id = $1 and not e.is_enabled and e.disabled_reason <> 'person'
        """);

    // Nobody, as long as it is not certain whose the address is.
    private static readonly Query<string> Recipient = new("webhooks.disabled_recipient", "select email from accounts.recipient()");

    public async Task<MailText?> WriteAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var notice = data.Deserialize<Notice>(Json.Options)!;
        var found = await database.QueryFirstAsync(
            Scope.In(notice.WorkspaceId), Find, [notice.WorkspaceId, notice.WebhookId, notice.UserId, Permissions.RolesFor(Permission.ManageWebhooks)], cancellationToken);
        if (found is null || await database.QueryFirstAsync(Scope.Of(notice.UserId), Recipient, [], cancellationToken) is not { } email)
            return null;

        var host = new Uri(found.Url).Authority;
        return new MailText(
            email,
            $"The webhook to {host} was switched off",
            [
                found.Reason == "gone"
                    ? $"The webhook to {host} answered that it is gone for good (410)."
                    : $"Nothing has reached the webhook to {host} for five days.",
                $"It was switched off at {found.DisabledAt:yyyy-MM-dd HH:mm} UTC and is told nothing more.",
            ],
            new MailLink("See what it was sent and switch it on again", $"{options.PublicUrl}/w/{notice.WorkspaceId}/webhooks/{notice.WebhookId}"),
            ["What could not be delivered is kept for 30 days and can be sent again from there."]);
    }
}
