using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Notifications;

/// <summary>Marks notifications read; all devices of the person hear of it (NT4).</summary>
internal static class ReadNotifications
{
    private static readonly Command Mark = new("notifications.mark_read", """
        update notifications.notification n set read_at = $4, digest = 2
        where n.user_id = $1 and n.read_at is null and ($2::uuid[] is null or n.id = any ($2)) and ($3::uuid is null or n.id <= $3)
        """);

    private static readonly Query<Guid> Newest = new("notifications.newest", """
        select n.id from notifications.notification n where n.user_id = $1 and n.is_in_app order by n.id desc limit 1
        """);

    public static async Task<NoContent> HandleAsync(
        ReadNotificationsRequest request, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        // "All" is what there is now; what comes meanwhile was not seen.
        var upTo = request.UpTo;
        if (request.Ids is null && upTo is null && await work.QueryAsync(Newest, [caller.UserId], cancellationToken) is [var newest])
            upTo = newest;
        if (await work.ExecuteAsync(Mark, [caller.UserId, request.Ids?.ToArray(), upTo, now], cancellationToken) > 0)
        {
            var left = await work.QueryFirstAsync(ListNotifications.Unread, [caller.UserId], cancellationToken);
            work.AnnounceToUser(caller.UserId, ChangeOp.Update, "notificationsRead", caller.UserId, new NotificationsRead(request.Ids, upTo, now, left), caller.UserId);
        }
        await work.CommitAsync(now);
        return TypedResults.NoContent();
    }
}
