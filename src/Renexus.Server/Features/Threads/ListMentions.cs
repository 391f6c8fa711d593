using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>Where one is named, newest first, in the threads that one sees.</summary>
internal static class ListMentions
{
    private static readonly Query<MentionRow> Page = new(
        "threads.mentions",
        $"""
        select {MessageRow.Columns}, n.created_at as mentioned_at, v.workspace_id, v.title as thread_title,
               n.version > coalesce(r.version, 0) and (r.version is not null or n.created_at >= v.member_since) as is_unread
        from threads.mention n
        join threads.visible v on v.id = n.thread_id and v.viewer_id = n.user_id
        join threads.message m on m.id = n.message_id and m.deleted_at is null
        left join threads.read_marker r on r.thread_id = n.thread_id and r.user_id = n.user_id
        where n.user_id = $1 and ($2::uuid is null or v.workspace_id = $2) and (n.created_at, n.message_id) < ($3, $4)
          and (not $5 or (n.version > coalesce(r.version, 0) and (r.version is not null or n.created_at >= v.member_since)))
        order by n.created_at desc, n.message_id desc
        limit $6
        """);

    /// <param name="workspaceId">Only in this workspace.</param>
    /// <param name="unread">Only those that are not read.</param>
    public static async Task<Ok<Page<Mention>>> HandleAsync(
        Guid? workspaceId, bool? unread, [AsParameters] PageQuery query, Caller caller, HttpRequest request, MessageAttachments attachments, Database database,
        CancellationToken cancellationToken)
    {
        var (at, id) = query.Before();
        var rows = await database.QueryAsync(
            Scope.Of(caller.UserId), Page, [caller.UserId, workspaceId, at, id, unread ?? false, query.Take() + 1], cancellationToken);
        return TypedResults.Ok(query.Page(rows, row => (row.MentionedAt, row.Id), row => row.ToMention(attachments, caller.UserId, request)));
    }

    private sealed record MentionRow(
        Guid Id, Guid ThreadId, Guid? AuthorId, string Body, Guid? ReplyTo, long Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt,
        string? Reactions, string? Attachments, DateTimeOffset MentionedAt, Guid WorkspaceId, string ThreadTitle, bool IsUnread)
    {
        public Mention ToMention(MessageAttachments attachments, Guid readerId, HttpRequest request) => new(
            new MessageRow(Id, ThreadId, AuthorId, Body, ReplyTo, Version, CreatedAt, EditedAt, Reactions, Attachments).ToMessage(attachments, readerId, request),
            WorkspaceId, ThreadTitle, IsUnread);
    }
}
