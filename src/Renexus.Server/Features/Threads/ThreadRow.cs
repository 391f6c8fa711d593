using Renexus.Contracts;
using Renexus.Engine.Changes;

namespace Renexus.Server.Features.Threads;

/// <summary>A thread as one person sees it.</summary>
internal sealed record ThreadRow(
    Guid Id, Guid WorkspaceId, string Title, bool IsArchived, bool IsPrivate, long Version, Guid? CreatedBy, DateTimeOffset CreatedAt,
    string Role, Guid? ContentId, Guid[] Participants, long Head, long Epoch, long ReadTo, long Unread, long Mentions, long? FirstUnread, DateTimeOffset? LastMessageAt)
{
    /// <summary>
    /// The columns, and where they come from. What is unread follows from the marker and the messages, so it cannot drift: the
    /// messages of others after the marker among the newest 1 000 there, and for whoever never read here only what was said since
    /// he came. (3 is <c>Channels.ThreadKind</c>.)
    /// </summary>
    public const string Select = """
        select v.id, v.workspace_id, v.title, v.is_archived, v.is_private, v.version, v.created_by, v.created_at, v.role, v.content_id,
               array(select p.user_id from threads.participant p where p.thread_id = v.id order by p.user_id) as participants,
               coalesce(h.version, 0) as head, coalesce(h.epoch, engine.epoch()) as epoch, coalesce(r.version, 0) as read_to, u.unread,
               (select count(*) from threads.mention n
                where n.user_id = v.viewer_id and n.thread_id = v.id and n.version > coalesce(r.version, 0)
                  and (r.version is not null or n.created_at >= v.member_since)) as mentions,
               case when u.unread = 0 then null when r.version is null then u.first_unread else (
                 select m.version from threads.message m
                 where m.thread_id = v.id and m.version > r.version and m.author_id is distinct from v.viewer_id and m.deleted_at is null
                 order by m.version limit 1) end as first_unread,
               (select m.created_at from threads.message m
                where m.thread_id = v.id and m.deleted_at is null order by m.version desc limit 1) as last_message_at
        from threads.visible v
        left join engine.channel h on h.kind = 3 and h.id = v.id
        left join threads.read_marker r on r.thread_id = v.id and r.user_id = v.viewer_id
        cross join lateral (
          select count(*) as unread, min(w.version) as first_unread
          from (select m.version, m.author_id, m.created_at, m.deleted_at
                from threads.message m
                where m.thread_id = v.id and m.version > coalesce(r.version, 0)
                order by m.version desc limit 1000) w
          where w.author_id is distinct from v.viewer_id and w.deleted_at is null
            and (r.version is not null or w.created_at >= v.member_since)) u

        """;

    public Position Position => new(Head, Epoch);

    /// <summary>For this person.</summary>
    public ThreadInfo ToInfo() => new(
        Id, WorkspaceId, Title, IsArchived, IsPrivate ? Participants : null, Version, Head, Unread, Mentions, ReadTo, FirstUnread, LastMessageAt,
        CreatedBy, CreatedAt, ContentId);

    /// <summary>For everybody who may see it: without what is personal.</summary>
    public ThreadInfo ToAnnouncement() => ToInfo() with { Unread = null, Mentions = null, ReadTo = null, FirstUnread = null };
}
