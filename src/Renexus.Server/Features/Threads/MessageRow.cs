using Renexus.Contracts;

namespace Renexus.Server.Features.Threads;

/// <summary>A message as it is stored.</summary>
internal sealed record MessageRow(
    Guid Id, Guid ThreadId, Guid? AuthorId, string Body, Guid? ReplyTo, long Version, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    /// <summary>The columns, of a message called <c>m</c>.</summary>
    public const string Columns = "m.id, m.thread_id, m.author_id, m.body, m.reply_to, m.version, m.created_at, m.edited_at";

    public Message ToMessage() => new(Id, ThreadId, AuthorId, Body, ReplyTo, [], Version, CreatedAt, EditedAt);
}
