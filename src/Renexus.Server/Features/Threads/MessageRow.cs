using System.Text.Json;
using Renexus.Contracts;

namespace Renexus.Server.Features.Threads;

/// <summary>A message as it is stored.</summary>
internal sealed record MessageRow(
    Guid Id, Guid ThreadId, Guid? AuthorId, string Body, Guid? ReplyTo, long Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt,
    string? Reactions, string? Attachments)
{
    /// <summary>The columns, of a message called <c>m</c>.</summary>
    public const string Columns = $"{Stored}, {ReactionsOf} as reactions, {MessageAttachments.Of} as attachments";

    /// <summary>Those of its own row alone, for whoever holds the row's lock and reads its reactions after that.</summary>
    public const string Stored = "m.id, m.thread_id, m.author_id, m.body, m.reply_to, m.version, m.created_at, m.edited_at";

    /// <summary>The reactions of a message called <c>m</c> as JSON; null when it has none.</summary>
    public const string ReactionsOf = """
        (select json_agg(json_build_object('emoji', g.emoji, 'userIds', g.users) order by g.emoji collate "C")
         from (select r.emoji, array_agg(r.user_id order by r.user_id) as users
               from threads.reaction r where r.message_id = m.id group by r.emoji) g)::text
        """;

    /// <param name="request">At whose address the links shall be; null: at the public one.</param>
    public Message ToMessage(MessageAttachments attachments, Guid readerId, HttpRequest? request = null) =>
        new(Id, ThreadId, AuthorId, Body, ReplyTo, attachments.Read(Attachments, readerId, request), Read(Reactions), Version, CreatedAt, EditedAt);

    public static IReadOnlyList<ReactionGroup> Read(string? reactions) =>
        reactions is null ? [] : JsonSerializer.Deserialize(reactions, ContractsJson.Lenient.ReactionGroupArray)!;
}
