using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Tells people what a change of an item asks of them or took from them, in its transaction. Of one item each kind is told once at a time: what is told anew takes the
/// place of what was told before.
/// </summary>
internal sealed class ContentNotices(Notices notices)
{
    private const int LongestExcerpt = 280;

    private static readonly Query<string> NameOf = new("content.name_of", "select a.name from accounts.person a where a.id = $1");

    private static readonly Query<Guid> Approvers = new(
        "content.approvers", "select m.user_id from workspaces.member m where m.workspace_id = $1 and m.role = any ($2) order by m.user_id");

    private static readonly Query<Guid> CommentsOn = new("content.comments_on", "select c.id from content.comment c where c.item_id = $1");

    /// <param name="item">As it is after the change.</param>
    /// <param name="before">Null when it is new.</param>
    public async Task TellAsync(Work work, ItemRow item, ContentFields? before, Guid actorId, CancellationToken cancellationToken)
    {
        var told = new List<(NotificationKind Kind, Guid UserId, string What)>();
        if (item.AssigneeId != before?.AssigneeId)
        {
            await WithdrawAsync(work, NotificationKind.ContentAssigned, item, cancellationToken);
            if (item.AssigneeId is { } assignee)
                told.Add((NotificationKind.ContentAssigned, assignee, "gave you"));
        }
        var (was, @is) = (before?.Status ?? ContentStatuses.Draft, item.Status);
        if (!string.Equals(was, @is, StringComparison.Ordinal))
        {
            await WithdrawAsync(work, NotificationKind.ContentReview, item, cancellationToken);
            if (@is is ContentStatuses.InReview)
            {
                foreach (var approver in await work.QueryAsync(Approvers, [item.WorkspaceId, Permissions.RolesFor(Permission.ApproveContent)], cancellationToken))
                    told.Add((NotificationKind.ContentReview, approver, "asks you to approve"));
            }
            if (@is is ContentStatuses.Approved)
            {
                await WithdrawAsync(work, NotificationKind.ContentApproved, item, cancellationToken);
                await WithdrawAsync(work, NotificationKind.ContentVoided, item, cancellationToken);
                foreach (var writer in new[] { item.CreatedBy, item.AssigneeId }.OfType<Guid>().Distinct())
                    told.Add((NotificationKind.ContentApproved, writer, "approved"));
            }
            if (was is ContentStatuses.Approved)
            {
                await WithdrawAsync(work, NotificationKind.ContentApproved, item, cancellationToken);
                if (before!.ApprovedBy is { } approver)
                    told.Add((NotificationKind.ContentVoided, approver, "changed what you had approved:"));
            }
        }
        await GiveAsync(work, item, told, actorId, cancellationToken);
    }

    /// <summary>Somebody remarks on what others have written or look after; whoever is named in it is told of that already.</summary>
    public async Task TellOfCommentAsync(Work work, ItemRow item, CommentRow comment, string body, CancellationToken cancellationToken)
    {
        var named = MentionSyntax.In(body);
        var people = new[] { item.CreatedBy, item.AssigneeId }.OfType<Guid>().Distinct().Where(person => person != comment.AuthorId && !named.Contains(person)).ToArray();
        if (people.Length == 0)
            return;
        var author = await work.QueryFirstAsync(NameOf, [comment.AuthorId], cancellationToken) ?? "Somebody";
        foreach (var person in people)
        {
            await notices.GiveAsync(
                work,
                new Notice(NotificationKind.ContentComment, person, comment.Id, $"{author} commented on {item.Title}", $"{LinkTo(item)}?comment={comment.Id}")
                {
                    Body = Texts.Cut(MentionSyntax.ToText(body).Trim(), LongestExcerpt),
                    WorkspaceId = item.WorkspaceId,
                    ActorId = comment.AuthorId,
                    Place = (comment.ThreadId, 1),
                },
                cancellationToken);
        }
    }

    /// <summary>It is in the trash: nothing is asked of anybody any more.</summary>
    public static async Task WithdrawAsync(Work work, Guid itemId, CancellationToken cancellationToken)
    {
        await Notices.WithdrawAsync(work, itemId, cancellationToken);
        foreach (var comment in await work.QueryAsync(CommentsOn, [itemId], cancellationToken))
            await Notices.WithdrawAsync(work, comment, cancellationToken);
    }

    public static Task WithdrawCommentAsync(Work work, Guid commentId, CancellationToken cancellationToken) => Notices.WithdrawAsync(work, commentId, cancellationToken);

    private static Task WithdrawAsync(Work work, NotificationKind kind, ItemRow item, CancellationToken cancellationToken) =>
        Notices.WithdrawAsync(work, kind, item.Id, people: null, cancellationToken);

    private static string LinkTo(ItemRow item) => $"/w/{item.WorkspaceId}/c/{item.Id}";

    private async Task GiveAsync(
        Work work, ItemRow item, List<(NotificationKind Kind, Guid UserId, string What)> told, Guid actorId, CancellationToken cancellationToken)
    {
        told.RemoveAll(one => one.UserId == actorId);
        if (told.Count == 0)
            return;
        var actor = await work.QueryFirstAsync(NameOf, [actorId], cancellationToken) ?? "Somebody";
        foreach (var (kind, userId, what) in told)
        {
            await notices.GiveAsync(
                work,
                new Notice(kind, userId, item.Id, $"{actor} {what} {item.Title}", LinkTo(item)) { WorkspaceId = item.WorkspaceId, ActorId = actorId },
                cancellationToken);
        }
    }
}
