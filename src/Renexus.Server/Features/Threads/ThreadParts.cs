using System.Runtime.CompilerServices;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>Threads and messages that everybody in a workspace sees, for whoever takes it along as a file (WH-3). Private threads are their participants'.</summary>
internal static class ThreadParts
{
    private const int PageSize = 500;

    private sealed record Told(Guid Id, string Title, bool Archived, Guid? CreatedBy, string? CreatedByName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    private sealed record Said(
        Guid Id, Guid ThreadId, Guid? AuthorId, string Body, Guid? ReplyTo, long Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt, string? Reactions,
        string? Attachments, string? AuthorName, Guid[] Mentions);

    // As the archive has it: reactions as in the API.
    private sealed record MessageLine(
        Guid Id, Guid ThreadId, long Version, Guid? AuthorId, string? AuthorName, string Body, Guid? ReplyTo, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt,
        IReadOnlyList<ReactionGroup> Reactions, IReadOnlyList<Guid> Attachments, Guid[] Mentions);

    private static readonly Query<long> ThreadsSize = new("threads.export_size", """
        select count(*) from threads.thread t where t.workspace_id = $1 and not t.is_private and t.deleted_at is null
        """);

    private static readonly Query<Told> ThreadsPage = new("threads.export", """
        select t.id, t.title, t.is_archived as archived, t.created_by, a.name as created_by_name, t.created_at, t.updated_at
        from threads.thread t left join accounts.person a on a.id = t.created_by
        where t.workspace_id = $1 and t.id > $2 and not t.is_private and t.deleted_at is null
        order by t.id limit $3
        """);

    // About as many as there are: a message's version is its place in its thread, which other changes count too.
    private static readonly Query<long> MessagesSize = new("threads.messages_export_size", """
        select coalesce(sum(l.version), 0)::bigint
        from threads.thread t
        cross join lateral (select m.version from threads.message m where m.thread_id = t.id order by m.version desc limit 1) l
        where t.workspace_id = $1 and not t.is_private and t.deleted_at is null
        """);

    // From the place $3 of the thread $2 on: both are in the order of an index, so a page is a page's work wherever it begins.
    private static readonly Query<Said> MessagesPage = new("threads.messages_export", $"""
        select {MessageRow.Columns}, a.name as author_name, array(select n.user_id from threads.mention n where n.message_id = m.id order by n.user_id) as mentions
        from threads.thread t
        cross join lateral (
          select * from threads.message o
          where o.thread_id = t.id and o.deleted_at is null and o.version > case when t.id = $2 then $3 else 0 end
          order by o.version
          limit $4) m
        left join accounts.person a on a.id = m.author_id
        where t.workspace_id = $1 and t.id >= $2 and not t.is_private and t.deleted_at is null
        order by t.id, m.version
        limit $4
        """);

    public static IEnumerable<WorkspaceData> All =>
    [
        WorkspaceData.Of("threads", "Threads that everybody in the workspace sees.", ThreadsSize, ThreadsPage, thread => thread.Id),
        new("messages", "Their messages in order, with who wrote them, their reactions and whom they mention.", MessagesSize, ReadMessagesAsync),
    ];

    private static async IAsyncEnumerable<object> ReadMessagesAsync(Work work, Guid workspaceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (thread, place) = (Guid.Empty, 0L);
        while (true)
        {
            var rows = await work.QueryAsync(MessagesPage, [workspaceId, thread, place, PageSize], cancellationToken);
            foreach (var row in rows)
            {
                yield return new MessageLine(
                    row.Id, row.ThreadId, row.Version, row.AuthorId, row.AuthorName, row.Body, row.ReplyTo, row.CreatedAt, row.EditedAt, MessageRow.Read(row.Reactions),
                    MessageAttachments.IdsIn(row.Attachments), row.Mentions);
            }
            if (rows.Count < PageSize)
                yield break;
            (thread, place) = (rows[^1].ThreadId, rows[^1].Version);
        }
    }
}
