using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Posts messages, from sockets and over HTTP alike, many in one transaction (TH-2). Each is authorized row by row inside the
/// statement, takes its place, and is announced once it is committed.
/// </summary>
internal sealed class MessageWriter : IDrain, IAsyncDisposable
{
    private const string Posted = """
        with item as materialized (
          select t.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $11::text[])
            with ordinality as t (id, thread_id, author_id, body, reply_to, cause, head, at, attachments, ord)
        ), posted as materialized (
          select i.ord, i.id, i.thread_id, i.author_id, i.body, i.reply_to, i.cause, i.head, i.at, v.workspace_id,
                 $9::smallint as kind, i.thread_id as channel_id, 1::smallint as op, 'message' as resource,
                 i.id as resource_id, i.author_id as actor, false as is_whole, i.attachments
          from item i
          join threads.visible v on v.id = i.thread_id and v.viewer_id = i.author_id and not v.is_archived and v.role = any ($10)
          where not exists (select from threads.message m where m.id = i.id)
            and (i.reply_to is null or exists (
              select from threads.message r where r.id = i.reply_to and r.thread_id = i.thread_id and r.deleted_at is null))
        )
        """;

    private const string Stored = """
        , stored as (
          insert into threads.message (id, thread_id, workspace_id, version, author_id, body, reply_to, created_at, attachments)
          select p.id, p.thread_id, p.workspace_id, p.place, p.author_id, p.body, p.reply_to, p.at, p.attachments::uuid[] from placed p where p.resource = 'message'
        )
        """;

    private const string Answer = " select p.ord, p.place, p.epoch from placed p";

    private static readonly Query<PlacedRow> Insert = new(
        "threads.post", Posted + ", fresh as (select * from posted)" + ChangeLog.AppendPlaced + Stored + Answer);

    // The same where somebody is named: the news of it goes to each of them in the same statement, so that all channels are locked in
    // their one order (CH3).
    private static readonly Query<PlacedRow> InsertMentioning = new(
        "threads.post_mentioning",
        Posted + """
        , fresh as materialized (
          select * from posted
          union all
          select (select count(*) from item) + n.ord, p.id, p.thread_id, p.author_id, '', null, null, n.head, p.at, null,
                 $12::smallint, n.user_id, 1::smallint, 'mention', p.id, p.author_id, true, null
          from unnest($13::bigint[], $14::uuid[], $15::text[]) with ordinality as n (named_in, user_id, head, ord)
          join posted p on p.ord = n.named_in
          join threads.visible v on v.id = p.thread_id and v.viewer_id = n.user_id
        )
        """ + ChangeLog.AppendPlaced + Stored + """
        , mentioned as (
          insert into threads.mention (message_id, user_id, thread_id, workspace_id, version, created_at)
          select m.id, n.channel_id, m.thread_id, m.workspace_id, m.place, m.at
          from placed n
          join placed m on m.id = n.id and m.resource = 'message'
          where n.resource = 'mention'
        )
        """ + Answer);

    // Why a message found no place, or that it has had one all along.
    private static readonly Query<RefusalRow> Explain = new(
        "threads.explain",
        """
        select v.role, coalesce(v.is_archived, false) as is_archived,
               exists (select from threads.message m where m.id = $3) as is_taken,
               $4::uuid is null or exists (
                 select from threads.message r where r.id = $4 and r.thread_id = $1 and r.deleted_at is null) as is_reply_known,
               c.version, c.resource_id, c.data
        from (select 1) as one
        left join threads.visible v on v.id = $1 and v.viewer_id = $2
        left join lateral (
          select x.version, x.resource_id, x.data
          from engine.change x
          where x.kind = $6 and x.channel_id = $1 and x.actor = $2 and x.op = 1 and x.resource = 'message'
            and (x.cause = $5 or x.version = (
              select m.version from threads.message m where m.id = $3 and m.thread_id = $1 and m.author_id = $2))
          order by x.version limit 1) c on v.id is not null
        """);

    private readonly Database database;
    private readonly ThreadDirectory directory;
    private readonly MessageNotices notices;
    private readonly MessageAttachments attachments;
    private readonly TimeProvider clock;
    private readonly GroupCommit<MessageDraft, Outcome<Written>> writes;

    public MessageWriter(
        Database database, ThreadDirectory directory, MessageNotices notices, MessageAttachments attachments, RenexusOptions options, TimeProvider clock, ILogger<MessageWriter> logger)
    {
        (this.database, this.directory, this.notices, this.attachments, this.clock) = (database, directory, notices, attachments, clock);
        writes = new GroupCommit<MessageDraft, Outcome<Written>>(
            new GroupCommitOptions { MaxBatchSize = options.Database.MaxBatchSize, WaitTime = options.Database.BatchWaitTime },
            draft => draft.ThreadId, draft => draft.Id, CommitAsync, clock, logger, draft => draft.Body.Length + draft.Head.Length);
    }

    /// <summary>
    /// The outer task ends when the message has its place in line, the inner one when it is committed or refused. The same id,
    /// or the same cause, again is answered as the first time.
    /// </summary>
    public async ValueTask<Task<Outcome<Written>>> PostAsync(
        Guid authorId, Guid threadId, PostMessageRequest request, string? cause, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Body) && request.Attachments is not { Count: > 0 })
            return Refused(Problems.Invalid("body", "Write something, or attach a file; it is empty."));
        if (MessageMentions.In(request.Body!, authorId).Failed(out var tooMany, out var mentions))
            return Refused(tooMany);
        if (await directory.WorkspaceOfAsync(threadId, authorId, cancellationToken) is not { } workspaceId)
            return Refused(Missing(threadId));
        if ((await attachments.FindAsync(request.Attachments, workspaceId, threadId, authorId, cancellationToken)).Failed(out var missing, out var files))
            return Refused(missing);
        return writes.SubmitAsync(MessageDraft.Of(threadId, workspaceId, authorId, request, mentions, files, cause, clock.GetUtcNow()));
    }

    public Task DrainAsync() => writes.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => writes.DisposeAsync();

    private async Task<IReadOnlyList<Outcome<Written>>> CommitAsync(IReadOnlyList<MessageDraft> drafts)
    {
        IReadOnlyList<PlacedRow> rows = [];
        var named = NamedIn(drafts);
        try
        {
            var scope = Scope.In([.. drafts.Select(d => d.WorkspaceId).Distinct()]);
            rows = drafts.Any(static draft => draft.ConcernsSomebody)
                ? await InsertTellingAsync(scope, drafts, named)
                : await database.QueryAsync(scope, Insert, ArgsOf(drafts), CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && drafts.Count == 1)
        {
            // Its id or its cause was taken in the same moment by another node, or belongs to another workspace: explained below.
        }
        var outcomes = new Outcome<Written>[drafts.Count];
        var changes = new Change[rows.Count];
        var placed = new bool[drafts.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var (ord, place, epoch) = rows[i];
            if (ord > drafts.Count)
            {
                changes[i] = named[(int)ord - drafts.Count - 1].PlacedAt(place, epoch);
                continue;
            }
            var draft = drafts[(int)ord - 1];
            var data = draft.PlacedAt(place);
            changes[i] = new Change(
                Channels.Thread(draft.ThreadId), place, epoch, ChangeOp.Create, "message", draft.Id, data, draft.AuthorId, draft.Cause);
            outcomes[ord - 1] = new Written("message", draft.Id, place, data);
            placed[ord - 1] = true;
        }
        // In the order of their places, whatever order the rows came in.
        Array.Sort(changes, static (a, b) => a.Version.CompareTo(b.Version));
        database.Announce(changes);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (!placed[i])
                outcomes[i] = await ExplainAsync(drafts[i]);
        }
        return outcomes;
    }

    /// <summary>The same with the jobs that tell those who are named or answered; what nobody is told of does not pay for it.</summary>
    private async Task<IReadOnlyList<PlacedRow>> InsertTellingAsync(Scope scope, IReadOnlyList<MessageDraft> drafts, List<Named> named)
    {
        await using var work = await database.BeginAsync(scope, CancellationToken.None);
        var rows = named.Count == 0
            ? await work.QueryAsync(Insert, ArgsOf(drafts), CancellationToken.None)
            : await work.QueryAsync(InsertMentioning, [.. ArgsOf(drafts), .. ArgsOf(named)], CancellationToken.None);
        var placed = rows.Select(row => row.Ord).Where(ord => ord <= drafts.Count).Select(ord => drafts[(int)ord - 1]).Where(static draft => draft.ConcernsSomebody);
        foreach (var some in placed.GroupBy(static draft => draft.WorkspaceId, static draft => draft.Id))
            await notices.PutAsync(work, some.Key, [.. some], CancellationToken.None);
        await work.CommitAsync(clock.GetUtcNow());
        return rows;
    }

    private async Task<Outcome<Written>> ExplainAsync(MessageDraft draft)
    {
        var row = await database.QueryFirstAsync(
            Scope.Of(draft.AuthorId), Explain,
            [draft.ThreadId, draft.AuthorId, draft.Id, draft.ReplyTo, draft.Cause, Channels.ThreadKind], CancellationToken.None);
        return row switch
        {
            null or { Role: null } => Missing(draft.ThreadId),
            { Version: { } version } => new Written("message", row.ResourceId!.Value, version, System.Text.Encoding.UTF8.GetBytes(row.Data!)),
            { IsTaken: true } => new CodedProblem(ProblemCode.Conflict, $"The id {draft.Id} belongs to another message; make a new one."),
            _ when !Permissions.Allows(row.Role, Permission.WriteThreads) => new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to write."),
            { IsArchived: true } => new CodedProblem(ProblemCode.Conflict, "The thread is archived; bring it back to write in it."),
            { IsReplyKnown: false } => Problems.Invalid("replyTo", "There is no such message in this thread."),
            // In another workspace, where it may not be seen: only its id is known to be taken.
            _ => new CodedProblem(ProblemCode.Conflict, $"The id {draft.Id} cannot be used; make a new one."),
        };
    }

    private static Arg[] ArgsOf(IReadOnlyList<MessageDraft> drafts)
    {
        var (ids, threads, authors, bodies) = (new Guid[drafts.Count], new Guid[drafts.Count], new Guid[drafts.Count], new string[drafts.Count]);
        var (replies, causes, heads, at) = (new Guid?[drafts.Count], new string?[drafts.Count], new string[drafts.Count], new DateTimeOffset[drafts.Count]);
        for (var i = 0; i < drafts.Count; i++)
        {
            var draft = drafts[i];
            (ids[i], threads[i], authors[i], bodies[i]) = (draft.Id, draft.ThreadId, draft.AuthorId, draft.Body);
            (replies[i], causes[i], heads[i], at[i]) = (draft.ReplyTo, draft.Cause, draft.Head, draft.At);
        }
        return
        [
            ids, threads, authors, bodies, replies, causes, heads, at, Channels.ThreadKind, Permissions.RolesFor(Permission.WriteThreads),
            drafts.Select(static draft => draft.AttachmentIds).ToArray(),
        ];
    }

    private static List<Named> NamedIn(IReadOnlyList<MessageDraft> drafts)
    {
        var named = new List<Named>();
        for (var i = 0; i < drafts.Count; i++)
        {
            foreach (var person in drafts[i].Mentions)
                named.Add(new Named(i + 1, person, drafts[i], MessageMentions.NewsOf(drafts[i].Id, drafts[i].ThreadId, drafts[i].WorkspaceId, drafts[i].AuthorId)));
        }
        return named;
    }

    private static Arg[] ArgsOf(List<Named> named) =>
    [
        Channels.UserKind,
        named.Select(one => one.Ord).ToArray(),
        named.Select(one => one.Person).ToArray(),
        named.Select(one => System.Text.Encoding.UTF8.GetString(one.News)).ToArray(),
    ];

    private static CodedProblem Missing(Guid threadId) => new(ProblemCode.NotFound, $"There is no thread {threadId}.");

    private static Task<Outcome<Written>> Refused(CodedProblem problem) => Task.FromResult<Outcome<Written>>(problem);

    /// <summary>Somebody who is named in a draft.</summary>
    /// <param name="Ord">The draft's place in the batch, from 1.</param>
    private sealed record Named(long Ord, Guid Person, MessageDraft Draft, byte[] News)
    {
        public Change PlacedAt(long place, long epoch) =>
            new(Channels.User(Person), place, epoch, ChangeOp.Create, "mention", Draft.Id, News, Draft.AuthorId, Cause: null);
    }

    private sealed record PlacedRow(long Ord, long Place, long Epoch);

    private sealed record RefusalRow(
        string? Role, bool IsArchived, bool IsTaken, bool IsReplyKnown, long? Version, Guid? ResourceId, string? Data);
}
