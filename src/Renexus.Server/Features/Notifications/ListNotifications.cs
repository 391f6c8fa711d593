using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Notifications;

/// <summary>What one was told, newest first. Of a workspace only while one belongs to it.</summary>
internal static class ListNotifications
{
    private const string Seen = "n.user_id = $1 and n.is_in_app and (n.in_workspace is null or n.in_workspace = any ((select engine.app_workspaces())::uuid[]))";

    private static readonly Query<Notification> List = new("notifications.list", $"""
        select n.id, n.kind, n.title, n.body, n.link, n.in_workspace as workspace_id, n.actor_id, p.name as actor_name, n.created_at, n.read_at
        from notifications.notification n
        left join accounts.person p on p.id = n.actor_id
        where {Seen} and ($2::uuid is null or n.id < $2) and (not $3 or n.read_at is null)
        order by n.id desc
        limit $4
        """);

    internal static readonly Query<int> Unread = new("notifications.unread", $"""
        select count(*)::integer from notifications.notification n where {Seen} and n.read_at is null
        """);

    /// <param name="unread">Only those that are not read.</param>
    public static async Task<Ok<NotificationPage>> HandleAsync(
        bool? unread, [AsParameters] PageQuery query, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var before = query.After();
        var rows = await database.QueryAsync(
            Scope.Of(caller.UserId), List, [caller.UserId, before == Guid.Empty ? (Guid?)null : before, unread ?? false, query.Take() + 1], cancellationToken);
        var count = await database.QueryFirstAsync(Scope.Of(caller.UserId), Unread, [caller.UserId], cancellationToken);
        var page = query.Page(rows, row => row.Id);
        return TypedResults.Ok(new NotificationPage(page.Items, page.Next, count));
    }
}
