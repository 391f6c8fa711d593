using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Notifications;

/// <summary>Writes the mails of notifications when they are sent: nothing of what was read meanwhile, or is not the person's to see any more.</summary>
internal sealed class NotificationMails(Database database, UnsubscribeLinks links, RenexusOptions options)
{
    public const string One = "notification";
    public const string Many = "notifications.digest";

    /// <summary>How many a digest shows; the rest is a number.</summary>
    public const int MostShown = 30;

    private sealed record Recipient(string Email, string Name);

    private sealed record Told(string Kind, string Title, string? Body, string Link);

    private static readonly Query<Recipient> Self = new("notifications.recipient", "select email, name from accounts.recipient()");

    private static readonly Query<Told> Some = new("notifications.told", """
        select n.kind, n.title, n.body, n.link
        from notifications.notification n
        where n.user_id = $1 and n.id = any ($2) and n.read_at is null
          and (n.in_workspace is null or n.in_workspace = any ((select engine.app_workspaces())::uuid[]))
        order by n.id desc
        """);

    public async Task<MailText?> WriteOneAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        if (await ReadAsync(userId, [data.GetProperty("id").GetGuid()], cancellationToken) is not ({ } person, [var told]))
            return null;

        return new MailText(
            person.Email, told.Title, [$"Hello {person.Name},", $"{told.Title}."], LinkTo(told, "Open it in Renexus"),
            [$"You get this because you chose to hear of it by mail: \"{NotificationKind.Find(told.Kind)?.Title}\". Choose what comes, and when, under {options.PublicUrl}/settings/notifications."])
        {
            Quote = told.Body,
            Unsubscribe = await links.IssueAsync(userId, told.Kind, cancellationToken),
        };
    }

    public async Task<MailText?> WriteDigestAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        var ids = data.GetProperty("ids").EnumerateArray().Select(id => id.GetGuid()).ToArray();
        var more = data.GetProperty("more").GetInt32();
        if (await ReadAsync(userId, ids, cancellationToken) is not ({ } person, { Count: > 0 } told))
            return null;

        var count = told.Count + more;
        return new MailText(
            person.Email, count == 1 ? told[0].Title : $"{count} notifications for you", [$"Hello {person.Name},", "this is what happened since you last looked:"],
            new MailLink("See all of it in Renexus", $"{options.PublicUrl}/notifications"),
            [$"You get this as a digest. Choose what comes, and when, under {options.PublicUrl}/settings/notifications."])
        {
            Items = [.. told.Select(one => new MailItem(one.Title, one.Body, options.PublicUrl + one.Link))],
            More = more,
            Unsubscribe = await links.IssueAsync(userId, kind: null, cancellationToken),
        };
    }

    private async Task<(Recipient?, IReadOnlyList<Told>)> ReadAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken)
    {
        var person = await database.QueryFirstAsync(Scope.Of(userId), Self, [], cancellationToken);
        return (person, person is null ? [] : await database.QueryAsync(Scope.Of(userId), Some, [userId, ids], cancellationToken));
    }

    private MailLink LinkTo(Told told, string label) => new(label, options.PublicUrl + told.Link);
}
