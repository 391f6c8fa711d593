using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Tells whom a message names, and whose message it answers. A job, put in by the transaction that writes the message, so that writing does not wait for what each of
/// them chose to hear.
/// </summary>
internal sealed class MessageNotices(Database database, JobClient jobs, Notices notices, TimeProvider clock)
{
    public static readonly JobKind<Written> Kind = new("threads.tell", Queues.Analytics) { Priority = JobPriority.Urgent };

    private const int LongestExcerpt = 280;

    /// <summary>Messages of one workspace.</summary>
    internal sealed record Written(Guid[] MessageIds);

    private sealed record News(
        Guid Id, Guid ThreadId, Guid WorkspaceId, Guid? AuthorId, string Body, long Version, string Title, string? AuthorName, Guid PersonId, bool IsMention);

    // Whoever is named in an answer to an own message is told once, of being named.
    private static readonly Query<News> NewsOf = new(
        "threads.news_of_messages",
        """
        select m.id, m.thread_id, m.workspace_id, m.author_id, m.body, m.version, v.title, a.name as author_name, w.person_id, w.is_mention
        from threads.message m
        cross join lateral (
          select n.user_id as person_id, true as is_mention from threads.mention n where n.message_id = m.id
          union all
          select r.author_id, false from threads.message r
          where r.id = m.reply_to and r.deleted_at is null and r.author_id is not null and r.author_id is distinct from m.author_id
            and not exists (select from threads.mention n where n.message_id = m.id and n.user_id = r.author_id)
        ) w
        join threads.visible v on v.id = m.thread_id and v.viewer_id = w.person_id
        left join accounts.person a on a.id = m.author_id
        where m.id = any ($1) and m.deleted_at is null
        """);

    /// <summary>In the transaction that writes the messages.</summary>
    public Task PutAsync(Work work, Guid workspaceId, Guid[] messageIds, CancellationToken cancellationToken) =>
        jobs.EnqueueAsync(work, Kind, new Written(messageIds), cancellationToken, new JobOptions { WorkspaceId = workspaceId, ForNobody = true });

    /// <summary>In the transaction that deletes one.</summary>
    public static Task WithdrawAsync(Work work, Guid messageId, CancellationToken cancellationToken) => Notices.WithdrawAsync(work, messageId, cancellationToken);

    public async Task TellAsync(Written written, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        foreach (var news in await work.QueryAsync(NewsOf, [written.MessageIds], cancellationToken))
        {
            var author = news.AuthorName ?? "Somebody";
            await notices.GiveAsync(
                work,
                new Notice(
                    news.IsMention ? NotificationKind.Mention : NotificationKind.Reply, news.PersonId, news.Id,
                    news.IsMention ? $"{author} mentioned you in {news.Title}" : $"{author} answered you in {news.Title}",
                    $"/w/{news.WorkspaceId}/t/{news.ThreadId}?m={news.Version}")
                {
                    Body = ExcerptOf(news.Body),
                    WorkspaceId = news.WorkspaceId,
                    ActorId = news.AuthorId,
                },
                cancellationToken);
        }
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    private static string ExcerptOf(string body)
    {
        var text = MentionSyntax.ToText(body).Trim();
        if (text.Length <= LongestExcerpt)
            return text;
        // Not through the middle of a character.
        var end = char.IsHighSurrogate(text[LongestExcerpt - 1]) ? LongestExcerpt - 1 : LongestExcerpt;
        return text[..end] + "…";
    }
}
