using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// The authority on what documents say (CO-2; docs/spec/documents.md, DC): takes steps of any age, rebases them on what came first, and writes and announces them in one transaction. Those of
/// one document go together and in order; which node they come to makes no difference, because the item's row is held.
/// </summary>
internal sealed class DocumentWriter : IDrain, IAsyncDisposable
{
    /// <summary>Steps to map over steps, in one push: whoever is further behind is sooner done by loading the text again.</summary>
    private const long MostMappings = 1_000_000;

    private const int Remembered = 100_000;

    private static readonly Query<Guid> WorkspaceOf = new(
        "content.workspace_of", "select workspace_id from content.visible where id = $1 and viewer_id = $2");

    // Whoever changes one of the items at the same time waits, and then finds what was written here.
    private static readonly Query<LockedRow> Lock = new(
        "content.lock_documents",
        """
        select i.id, i.version, i.document, i.text_document, i.status, coalesce(h.version, 0) as head, coalesce(l.document, 0) as snapshot_document
        from content.item i
        left join engine.channel h on h.kind = $2 and h.id = i.id
        left join lateral (select s.document from content.snapshot s where s.item_id = i.id order by s.document desc limit 1) l on true
        where i.id = any ($1) and i.deleted_at is null
        order by i.id
        for no key update of i
        """);

    private static readonly Query<RightsRow> Rights = new(
        "content.push_rights",
        """
        select p.ord, v.role, c.version, c.resource, c.resource_id, c.data
        from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as p (item_id, author_id, cause, ord)
        left join content.visible v on v.id = p.item_id and v.viewer_id = p.author_id
        left join engine.change c on v.id is not null and c.kind = $4 and c.channel_id = p.item_id and c.actor = p.author_id and c.cause = p.cause
        order by p.ord
        """);

    private static readonly Command Write = new(
        "content.push",
        """
        with added as (
          insert into content.revision (item_id, n, workspace_id, author_id, created_at, document, updates, fields, changed)
          select r.item_id, r.n, r.workspace_id, r.author_id, $8, r.document, r.updates, r.fields::jsonb,
                 case when r.fields is null then array['body'] else array['body', 'status'] end
          from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[])
            as r (item_id, n, workspace_id, author_id, document, updates, fields)
        ), moved as (
          select r.item_id, max(r.n) as n, max(r.document) as document, bool_or(r.fields is not null) as is_voided
          from unnest($1::uuid[], $2::bigint[], $5::bigint[], $7::text[]) as r (item_id, n, document, fields)
          group by r.item_id
        )
        update content.item i
        set version = m.n, updates_since = i.updates_since + (m.document - i.document)::int, document = m.document, updated_at = $8,
            status = case when m.is_voided then 'draft' else i.status end,
            approved_by = case when not m.is_voided then i.approved_by end,
            approved_at = case when not m.is_voided then i.approved_at end,
            approved_hash = case when not m.is_voided then i.approved_hash end
        from moved m
        where i.id = m.item_id
        """);

    private readonly Database database;
    private readonly OpenDocuments open;
    private readonly DocumentReading reading;
    private readonly DocumentSnapshots snapshots;
    private readonly ContentNotices notices;
    private readonly ContentOptions options;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<Guid, Guid> workspaces = new();
    private readonly GroupCommit<DocumentPush, Outcome<Written>> pushes;

    public DocumentWriter(
        Database database, OpenDocuments open, DocumentReading reading, DocumentSnapshots snapshots, ContentNotices notices, RenexusOptions options, TimeProvider clock,
        ILogger<DocumentWriter> logger)
    {
        (this.database, this.open, this.reading, this.snapshots, this.notices) = (database, open, reading, snapshots, notices);
        (this.options, this.clock) = (options.Content, clock);
        pushes = new GroupCommit<DocumentPush, Outcome<Written>>(
            new GroupCommitOptions { MaxBatchSize = options.Database.MaxBatchSize, WaitTime = options.Database.BatchWaitTime },
            push => push.ItemId, push => push.Identity, CommitAsync, clock, logger, push => push.Bytes);
    }

    /// <summary>Carries out a push that came over a socket or beside it.</summary>
    public async ValueTask<Task<Outcome<Written>>> PushAsync(ChannelWrite write)
    {
        var (itemId, authorId) = (write.ChannelId, write.Caller.UserId);
        if (await WorkspaceOfAsync(itemId, authorId) is not { } workspaceId)
            return Refused(ContentRules.Missing(itemId));
        try
        {
            return pushes.SubmitAsync(new DocumentPush(
                itemId, workspaceId, authorId, write.RequestId, write.Base!.Value, UpdateJson.ReadPushed(write.Data.Span), write.Data.Length,
                Origins.Of(write.Connection, write.Caller, write.RequestId)));
        }
        catch (BadChangeException e)
        {
            return Refused(new CodedProblem(ProblemCode.BadChange, e.Message));
        }
    }

    public Task DrainAsync() => pushes.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => pushes.DisposeAsync();

    private async Task<IReadOnlyList<Outcome<Written>>> CommitAsync(IReadOnlyList<DocumentPush> batch)
    {
        try
        {
            return await WriteAsync(batch);
        }
        catch (PostgresException e) when (e.ConstraintName == RepeatedWrites.CauseKey && batch.Count == 1)
        {
            // The same push was committed by another node in the same moment: now it is found.
            return await WriteAsync(batch);
        }
    }

    private async Task<IReadOnlyList<Outcome<Written>>> WriteAsync(IReadOnlyList<DocumentPush> batch)
    {
        await using var work = await database.BeginAsync(Scope.In([.. batch.Select(push => push.WorkspaceId).Distinct()]), CancellationToken.None);

        // (1) The items, held; then who may push, and what was pushed before: only now is it certain.
        Guid[] items = [.. batch.Select(push => push.ItemId).Distinct()];
        var locked = (await work.QueryAsync(Lock, [items, Channels.ContentKind], CancellationToken.None)).ToDictionary(row => row.Id);
        var rights = await work.QueryAsync(
            Rights,
            [batch.Select(push => push.ItemId).ToArray(), batch.Select(push => push.AuthorId).ToArray(), batch.Select(push => push.Cause).ToArray(), Channels.ContentKind],
            CancellationToken.None);

        // (2) What is refused or done already needs no document.
        var outcomes = new Outcome<Written>?[batch.Count];
        for (var i = 0; i < batch.Count; i++)
            outcomes[i] = Decided(batch[i], locked.GetValueOrDefault(batch[i].ItemId), rights[i]);
        var going = Enumerable.Range(0, batch.Count).Where(i => outcomes[i] is null).ToArray();
        var wanted = going.GroupBy(i => batch[i].ItemId).Select(some => new DocumentReading.Wanted(some.Key, locked[some.Key].Document, some.Min(i => batch[i].Base)));
        var documents = await reading.ReadAsync(work, [.. wanted], CancellationToken.None);

        // (3) Each push on top of the ones before it.
        var drafts = documents.ToDictionary(one => one.Key, one => new DocumentDraft(one.Value, locked[one.Key].Version, options.BodyCharacters));
        foreach (var i in going)
        {
            if (drafts[batch[i].ItemId].Add(batch[i], i) is { } refusal)
                outcomes[i] = refusal;
        }
        var changed = drafts.Values.Where(draft => draft.Pushes.Count > 0).ToArray();
        if (changed.Length > 0)
            await WriteAsync(work, batch, changed, locked);

        // (4) What was announced last for a push is its place.
        var placed = await work.CommitAsync(clock.GetUtcNow());
        var places = placed.Where(change => change is { Op: ChangeOp.Updates, Cause: not null }).ToDictionary(change => (change.Actor, change.Cause));
        foreach (var draft in changed)
            draft.Document.Take(draft.Text, draft.Steps);
        foreach (var document in documents.Values)
            open.Keep(document);
        foreach (var i in going)
        {
            outcomes[i] ??= places.TryGetValue((batch[i].AuthorId, batch[i].Cause), out var place)
                ? new Written(place.Resource, place.ResourceId, place.Version, place.Data) { Document = UpdateJson.DocumentAfter(Encoding.UTF8.GetString(place.Data.Span)) }
                : Known(batch[i], locked[batch[i].ItemId], documents[batch[i].ItemId]);
        }
        return [.. outcomes.Select(outcome => outcome!.Value)];
    }

    private async Task WriteAsync(Work work, IReadOnlyList<DocumentPush> batch, DocumentDraft[] changed, Dictionary<Guid, LockedRow> locked)
    {
        var now = clock.GetUtcNow();
        var voided = new List<VoidedApproval>();
        foreach (var draft in changed.Where(draft => locked[draft.Document.ItemId].Status is Contracts.ContentStatuses.Approved))
            voided.Add(await VoidedApproval.OfAsync(work, batch[draft.Pushes[0].Index], CancellationToken.None));
        var fields = voided.ToDictionary(approval => approval.ItemId, approval => approval.After.ToJson());
        var rows = changed.SelectMany(draft => draft.Pushes.Select((push, at) => (draft, push, fields: at == 0 ? fields.GetValueOrDefault(draft.Document.ItemId) : null))).ToArray();
        await work.ExecuteAsync(
            Write,
            [
                rows.Select(row => row.draft.Document.ItemId).ToArray(), rows.Select(row => row.push.N).ToArray(), rows.Select(row => batch[row.push.Index].WorkspaceId).ToArray(),
                rows.Select(row => batch[row.push.Index].AuthorId).ToArray(), rows.Select(row => row.push.Document).ToArray(),
                rows.Select(row => UpdateJson.Write(row.push.Steps)).ToArray(), rows.Select(row => row.fields).ToArray(), now,
            ],
            CancellationToken.None);
        foreach (var draft in changed)
        {
            Announce(work, batch, draft);
            var (row, workspaceId) = (locked[draft.Document.ItemId], batch[draft.Pushes[0].Index].WorkspaceId);
            await snapshots.TakeAsync(
                work,
                new DocumentSnapshots.Changed(
                    row.Id, workspaceId, draft.Version, draft.ItemVersion, draft.Text, row.TextDocument, row.SnapshotDocument, IsFirst: row.TextDocument == row.Document),
                CancellationToken.None);
        }
        foreach (var approval in voided)
            await approval.TellAsync(work, notices, changed.Single(draft => draft.Document.ItemId == approval.ItemId).Text.ToString(), CancellationToken.None);
    }

    /// <summary>A change for each step, so that every editor takes them one by one (TX8); the last of a push carries its cause.</summary>
    private static void Announce(Work work, IReadOnlyList<DocumentPush> batch, DocumentDraft draft)
    {
        foreach (var accepted in draft.Pushes)
        {
            var push = batch[accepted.Index];
            for (var i = 0; i < accepted.Steps.Count; i++)
            {
                work.AnnounceStep(
                    push.WorkspaceId, push.ItemId, accepted.Document - accepted.Steps.Count + i, accepted.Steps[i], push.AuthorId,
                    i == accepted.Steps.Count - 1 ? push.Cause : null);
            }
        }
    }

    /// <summary>What can be said without the document; null when that has to be asked.</summary>
    private Outcome<Written>? Decided(DocumentPush push, LockedRow? item, RightsRow rights)
    {
        if (item is null || rights.Role is null)
            return ContentRules.Missing(push.ItemId);
        if (!Permissions.Allows(rights.Role, Permission.WriteContent))
            return ContentRules.MayNotWrite;
        if (rights.Version is { } version)
        {
            return new Written(rights.Resource!, rights.ResourceId!.Value, version, Encoding.UTF8.GetBytes(rights.Data!))
            {
                Document = rights.Resource is "document" ? UpdateJson.DocumentAfter(rights.Data!) : null,
            };
        }
        var behind = item.Document - push.Base;
        if (behind < 0 || behind > options.RebaseUpdates || behind * push.Updates.Count > MostMappings)
            return new CodedProblem(ProblemCode.Resync, $"The document is at version {item.Document}, which cannot be reached from {push.Base}; load it again.");
        return null;
    }

    /// <summary>Every step of the push had been taken before.</summary>
    private static Written Known(DocumentPush push, LockedRow item, OpenDocument document) =>
        new("document", push.ItemId, item.Head, Json.Utf8(new { })) { Document = document.Version };

    private async ValueTask<Guid?> WorkspaceOfAsync(Guid itemId, Guid userId)
    {
        if (workspaces.TryGetValue(itemId, out var known))
            return known;
        var rows = await database.QueryAsync(Scope.Of(userId), WorkspaceOf, [itemId, userId], CancellationToken.None);
        if (rows.Count == 0)
            return null;
        // It never changes; it says nothing about who may do what, which the statements check.
        if (workspaces.Count >= Remembered)
            workspaces.Clear();
        workspaces[itemId] = rows[0];
        return rows[0];
    }

    private static Task<Outcome<Written>> Refused(CodedProblem problem) => Task.FromResult<Outcome<Written>>(problem);

    private sealed record LockedRow(Guid Id, long Version, long Document, long TextDocument, string Status, long Head, long SnapshotDocument);

    private sealed record RightsRow(long Ord, string? Role, long? Version, string? Resource, Guid? ResourceId, string? Data);
}
