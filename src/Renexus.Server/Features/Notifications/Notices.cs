using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Notifications;

/// <summary>Something for somebody to know.</summary>
/// <param name="UserId">Who is told.</param>
/// <param name="SubjectId">What it is about. Of one kind and one subject a person is told once.</param>
/// <param name="Title">A sentence.</param>
/// <param name="Link">Where it leads: a path of the web client.</param>
internal sealed record Notice(NotificationKind Kind, Guid UserId, Guid SubjectId, string Title, string Link)
{
    /// <summary>What was said, in excerpt.</summary>
    public string? Body { get; init; }

    /// <summary>Only its members see it, and it goes with it.</summary>
    public Guid? WorkspaceId { get; init; }

    /// <summary>Who did it; nobody is told of what they did themselves.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>What it is a place of: whoever reads past the place has read this too, and it goes with the whole.</summary>
    public (Guid Id, long Number)? Place { get; init; }
}

/// <summary>
/// How features tell people something, in the transaction of what they tell of (NT1): it appears on all their devices, and goes out by mail as each person
/// wants it.
/// </summary>
internal sealed class Notices(MailOutbox outbox, TimeProvider clock)
{
    private const string Resource = "notification";

    private sealed record Given(bool IsInApp, string Email, string? ActorName);

    private sealed record Withdrawn(Guid Id, Guid UserId, bool IsInApp);

    private sealed record Read(Guid Id, bool IsInApp);

    private static readonly Query<Given> Give = new("notifications.give", """
        select is_in_app, email, actor_name from notifications.give($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12, $13, $14)
        """);

    private static readonly Query<Withdrawn> Withdraw = new("notifications.withdraw", "select id, user_id, is_in_app from notifications.withdraw($1, $2, $3)");

    private static readonly Query<Withdrawn> WithdrawPlace = new("notifications.withdraw_place", "select id, user_id, is_in_app from notifications.withdraw_place($1)");

    private static readonly Query<Read> ReadUpTo = new("notifications.read_up_to", """
        update notifications.notification n set read_at = $4, digest = 2
        where n.user_id = $1 and n.place_id = $2 and n.place <= $3 and n.read_at is null
        returning n.id, n.is_in_app
        """);

    public async Task GiveAsync(Work work, Notice notice, CancellationToken cancellationToken)
    {
        if (notice.ActorId == notice.UserId && !notice.Kind.IsFixed)
            return;

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var given = await work.QueryFirstAsync(
            Give,
            [id, notice.UserId, notice.Kind.Name, notice.SubjectId, notice.WorkspaceId, notice.ActorId, notice.Title, notice.Body, notice.Link, now, notice.Kind.Email, notice.Kind.IsFixed,
             notice.Place?.Id, notice.Place?.Number],
            cancellationToken);
        if (given is null)
            return;

        if (given.IsInApp)
        {
            work.AnnounceToUser(
                notice.UserId, ChangeOp.Create, Resource, id,
                new Notification(id, notice.Kind.Name, notice.Title, notice.Body, notice.Link, notice.WorkspaceId, notice.ActorId, given.ActorName, now, ReadAt: null), notice.ActorId);
        }
        if (given.Email == NotificationKind.Now)
            await outbox.PutAsync(work, NotificationMails.One, new { notice.UserId, id }, cancellationToken);
    }

    /// <summary>Something happened to the safety of an account; its mail is the account's own.</summary>
    public Task WarnAsync(Work work, Guid userId, string title, CancellationToken cancellationToken) =>
        GiveAsync(work, new Notice(NotificationKind.Security, userId, Guid.CreateVersion7(clock.GetUtcNow()), title, "/settings/security"), cancellationToken);

    /// <summary>A person has read up to a place, in the transaction that says so: what told of that is read as well, and goes into no mail.</summary>
    public static async Task ReadUpToAsync(Work work, Guid userId, Guid placeId, long number, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var read = (await work.QueryAsync(ReadUpTo, [userId, placeId, number, at], cancellationToken)).Where(one => one.IsInApp).Select(one => one.Id).ToArray();
        if (read.Length == 0)
            return;
        var left = await work.QueryFirstAsync(ListNotifications.Unread, [userId], cancellationToken);
        work.AnnounceToUser(userId, ChangeOp.Update, "notificationsRead", userId, new NotificationsRead(read, UpTo: null, at, left), userId);
    }

    /// <summary>What it told of is gone: so is whatever told of it.</summary>
    public static Task WithdrawAsync(Work work, Guid subjectId, CancellationToken cancellationToken) =>
        WithdrawAsync(work, Withdraw, [subjectId, (string?)null, (Guid[]?)null], cancellationToken);

    /// <summary>It concerns these people no longer; null when it concerns nobody.</summary>
    public static Task WithdrawAsync(Work work, NotificationKind kind, Guid subjectId, Guid[]? people, CancellationToken cancellationToken) =>
        WithdrawAsync(work, Withdraw, [subjectId, kind.Name, people], cancellationToken);

    /// <summary>The whole is gone, with all of its places.</summary>
    public static Task WithdrawPlaceAsync(Work work, Guid placeId, CancellationToken cancellationToken) => WithdrawAsync(work, WithdrawPlace, [placeId], cancellationToken);

    private static async Task WithdrawAsync(Work work, Query<Withdrawn> withdraw, Arg[] args, CancellationToken cancellationToken)
    {
        foreach (var gone in await work.QueryAsync(withdraw, args, cancellationToken))
        {
            if (gone.IsInApp)
                work.AnnounceToUser(gone.UserId, ChangeOp.Delete, Resource, gone.Id, new { }, actor: null);
        }
    }
}
