using Renexus.Contracts;
using Renexus.Engine.Changes;

namespace Renexus.Server.Features.Threads;

/// <summary>A thread as one person sees it.</summary>
internal sealed record ThreadRow(
    Guid Id, Guid WorkspaceId, string Title, bool IsArchived, bool IsPrivate, long Version, Guid? CreatedBy, DateTimeOffset CreatedAt,
    string Role, Guid[] Participants, long Head, long Epoch, long ReadTo, long Unread)
{
    /// <summary>
    /// The columns, and where they come from. What is unread follows from the marker and the messages, so it cannot drift;
    /// counting stops at 1 000. (3 is <c>Channels.ThreadKind</c>.)
    /// </summary>
    public const string Select = """
        select v.id, v.workspace_id, v.title, v.is_archived, v.is_private, v.version, v.created_by, v.created_at, v.role,
               array(select p.user_id from threads.participant p where p.thread_id = v.id order by p.user_id) as participants,
               coalesce(h.version, 0) as head, coalesce(h.epoch, 0) as epoch, coalesce(r.version, 0) as read_to,
               (select count(*) from (
                  select from threads.message m
                  where m.thread_id = v.id and m.version > coalesce(r.version, 0)
                    and m.author_id is distinct from v.viewer_id and m.deleted_at is null
                  limit 1000) as u) as unread
        from threads.visible v
        left join engine.channel h on h.kind = 3 and h.id = v.id
        left join threads.read_marker r on r.thread_id = v.id and r.user_id = v.viewer_id

        """;

    public Position Position => new(Head, Epoch);

    /// <summary>For this person.</summary>
    public ThreadInfo ToInfo() => new(
        Id, WorkspaceId, Title, IsArchived, IsPrivate ? Participants : null, Version, Head, Unread, ReadTo, CreatedBy, CreatedAt);

    /// <summary>For everybody who may see it: without what is personal.</summary>
    public ThreadInfo ToAnnouncement() => ToInfo() with { Unread = null, ReadTo = null };
}
