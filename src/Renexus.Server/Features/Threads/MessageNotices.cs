using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway;
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
          and not exists (select from threads.read_marker r where r.thread_id = m.thread_id and r.user_id = w.person_id and r.version >= m.version)
        """);

    // Whoever edits or deletes one waits, and then finds what was told of it; or was first, and what is told here is of what there is after that.
    private static readonly Command Hold = new("threads.hold_messages", "select from threads.message m where m.id = any ($1) order by m.id for share");

    private static readonly Query<Passed> PassedBy = new("threads.passed_messages", """
        select r.user_id, r.thread_id, r.version
        from (select distinct m.thread_id from threads.message m where m.id = any ($1)) t
        join threads.read_marker r on r.thread_id = t.thread_id and r.user_id = any ($2)
        """);

    private sealed record Passed(Guid UserId, Guid ThreadId, long Version);

    /// <summary>In the transaction that writes the messages.</summary>
    public Task PutAsync(Work work, Guid workspaceId, Guid[] messageIds, CancellationToken cancellationToken) =>
        jobs.EnqueueAsync(work, Kind, new Written(messageIds), cancellationToken, new JobOptions { WorkspaceId = workspaceId, ForNobody = true });

    /// <summary>In the transaction that deletes one.</summary>
    public static Task WithdrawAsync(Work work, Guid messageId, CancellationToken cancellationToken) => Notices.WithdrawAsync(work, messageId, cancellationToken);

    /// <summary>In the transaction of an edit that no longer names these people.</summary>
    public static Task WithdrawAsync(Work work, Guid messageId, IReadOnlyList<Guid> people, CancellationToken cancellationToken) =>
        people.Count == 0 ? Task.CompletedTask : Notices.WithdrawAsync(work, NotificationKind.Mention, messageId, [.. people], cancellationToken);

    /// <summary>In the transaction that deletes a whole thread.</summary>
    public static Task WithdrawThreadAsync(Work work, Guid threadId, CancellationToken cancellationToken) => Notices.WithdrawPlaceAsync(work, threadId, cancellationToken);

    /// <summary>In the transaction that moves somebody's read marker.</summary>
    public static Task ReadAsync(Work work, Guid userId, Guid threadId, long version, DateTimeOffset at, CancellationToken cancellationToken) =>
        Notices.ReadUpToAsync(work, userId, threadId, version, at, cancellationToken);

    public async Task TellAsync(Written written, JobContext job, CancellationToken cancellationToken)
    {
        var told = await GiveAsync(written, job, cancellationToken);
        // Whoever read on while that was under way, and so found nothing to mark, is seen here; whoever reads later finds it.
        if (told.Length > 0)
        {
            foreach (var passed in await database.QueryAsync(job.Scope, PassedBy, [written.MessageIds, told], cancellationToken))
                await ReadInJobAsync(passed, cancellationToken);
        }
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        await job.CompleteAsync(work, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    private async Task<Guid[]> GiveAsync(Written written, JobContext job, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(job.Scope, cancellationToken);
        await work.ExecuteAsync(Hold, [written.MessageIds], cancellationToken);
        var people = await work.QueryAsync(NewsOf, [written.MessageIds], cancellationToken);
        foreach (var news in people)
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
                    Place = (news.ThreadId, news.Version),
                },
                cancellationToken);
        }
        await work.CommitAsync(clock.GetUtcNow());
        return [.. people.Select(news => news.PersonId).Distinct()];
    }

    // A person's notifications are seen by a transaction of that person's alone.
    private async Task ReadInJobAsync(Passed passed, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(passed.UserId), cancellationToken);
        await ReadAsync(work, passed.UserId, passed.ThreadId, passed.Version, now, cancellationToken);
        await work.CommitAsync(now);
    }

    private static string ExcerptOf(string body)
    {
        var text = MentionSyntax.ToText(body).Trim();
        return text.Length <= LongestExcerpt ? text : Texts.Cut(text, LongestExcerpt) + "…";
    }
}
