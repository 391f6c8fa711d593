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
    private const string Fresh = """
        with item as materialized (
          select t.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[])
            with ordinality as t (id, thread_id, author_id, body, reply_to, cause, head, at, ord)
        ), fresh as materialized (
          select i.*, v.workspace_id, $9::smallint as kind, i.thread_id as channel_id, 1::smallint as op, 'message' as resource,
                 i.id as resource_id, i.author_id as actor
          from item i
          join threads.visible v on v.id = i.thread_id and v.viewer_id = i.author_id and not v.is_archived and v.role = any ($10)
          where not exists (select from threads.message m where m.id = i.id)
            and (i.reply_to is null or exists (
              select from threads.message r where r.id = i.reply_to and r.thread_id = i.thread_id and r.deleted_at is null))
        )
        """;

    private static readonly Query<PlacedRow> Insert = new(
        "threads.post",
        Fresh + ChangeLog.AppendPlaced + """
        , stored as (
          insert into threads.message (id, thread_id, workspace_id, version, author_id, body, reply_to, created_at)
          select p.id, p.thread_id, p.workspace_id, p.place, p.author_id, p.body, p.reply_to, p.at from placed p
        )
        select p.ord, p.place, p.epoch from placed p
        """);

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
    private readonly TimeProvider clock;
    private readonly GroupCommit<MessageDraft, Outcome<Written>> writes;

    public MessageWriter(Database database, ThreadDirectory directory, RenexusOptions options, TimeProvider clock, ILogger<MessageWriter> logger)
    {
        (this.database, this.directory, this.clock) = (database, directory, clock);
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
        if (string.IsNullOrWhiteSpace(request.Body))
            return Refused(Problems.Invalid("body", "Write something; it is empty."));
        if (request.Attachments is { Count: > 0 } attachments)
            return Refused(Problems.Invalid("attachments[0]", $"There is no file {attachments[0]} that is ready to be attached."));
        if (await directory.WorkspaceOfAsync(threadId, authorId, cancellationToken) is not { } workspaceId)
            return Refused(Missing(threadId));
        return writes.SubmitAsync(MessageDraft.Of(threadId, workspaceId, authorId, request, cause, clock.GetUtcNow()));
    }

    public Task DrainAsync() => writes.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => writes.DisposeAsync();

    private async Task<IReadOnlyList<Outcome<Written>>> CommitAsync(IReadOnlyList<MessageDraft> drafts)
    {
        IReadOnlyList<PlacedRow> rows = [];
        try
        {
            rows = await database.QueryAsync(Scope.In([.. drafts.Select(d => d.WorkspaceId).Distinct()]), Insert, ArgsOf(drafts), CancellationToken.None);
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
        return [ids, threads, authors, bodies, replies, causes, heads, at, Channels.ThreadKind, Permissions.RolesFor(Permission.WriteThreads)];
    }

    private static CodedProblem Missing(Guid threadId) => new(ProblemCode.NotFound, $"There is no thread {threadId}.");

    private static Task<Outcome<Written>> Refused(CodedProblem problem) => Task.FromResult<Outcome<Written>>(problem);

    private sealed record PlacedRow(long Ord, long Place, long Epoch);

    private sealed record RefusalRow(
        string? Role, bool IsArchived, bool IsTaken, bool IsReplyKnown, long? Version, Guid? ResourceId, string? Data);
}
