using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Who is named in a message (TH-3). New messages bring theirs in <see cref="MessageWriter"/>; here they follow edits and deletions. Whoever
/// does not see the thread is not mentioned, and nobody mentions himself.
/// </summary>
internal static class MessageMentions
{
    private static readonly Query<Guid> Remove = new(
        "threads.remove_mentions", "delete from threads.mention where message_id = $1 and user_id <> all ($2) returning user_id");

    private static readonly Query<Guid> Add = new(
        "threads.add_mentions",
        """
        insert into threads.mention (message_id, user_id, thread_id, workspace_id, version, created_at)
        select $1, v.viewer_id, v.id, v.workspace_id, $4, $5
        from threads.visible v
        where v.id = $2 and v.viewer_id = any ($3)
        on conflict (message_id, user_id) do nothing
        returning user_id
        """);

    /// <summary>Whom a body names, its author aside.</summary>
    public static Outcome<IReadOnlyList<Guid>> In(string body, Guid authorId)
    {
        var people = MentionSyntax.In(body);
        if (people.Count > MentionSyntax.MostPeople)
            return Problems.Invalid("body", $"It mentions {people.Count} people; {MentionSyntax.MostPeople} is the most in one message.");
        return Outcome<IReadOnlyList<Guid>>.Of([.. people.Where(person => person != authorId)]);
    }

    public static byte[] NewsOf(Guid messageId, Guid threadId, Guid workspaceId, Guid authorId) =>
        Json.Utf8(new MentionNews(messageId, threadId, workspaceId, authorId));

    /// <summary>Lets exactly these people be mentioned in a message whose row is held, and tells whoever comes or goes by it.</summary>
    public static async Task ReplaceAsync(
        Work work, EditMessage.EditableRow message, IReadOnlyList<Guid> people, Guid actor, DateTimeOffset at, MessageNotices notices, CancellationToken cancellationToken)
    {
        var news = NewsOf(message.Id, message.ThreadId, message.WorkspaceId, message.AuthorId ?? actor);
        void Tell(IEnumerable<Guid> whom, ChangeOp op)
        {
            foreach (var person in whom)
                work.Announce(new NewChange(Channels.User(person), null, op, "mention", message.Id, news, actor, Cause: null));
        }

        var removed = await work.QueryAsync(Remove, [message.Id, people.ToArray()], cancellationToken);
        Tell(removed, ChangeOp.Delete);
        await MessageNotices.WithdrawAsync(work, message.Id, removed, cancellationToken);
        if (people.Count == 0)
            return;
        var added = await work.QueryAsync(Add, [message.Id, message.ThreadId, people.ToArray(), message.Version, at], cancellationToken);
        Tell(added, ChangeOp.Create);
        if (added.Count > 0)
            await notices.PutAsync(work, message.WorkspaceId, [message.Id], cancellationToken);
    }
}
