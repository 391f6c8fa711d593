using Renexus.Engine.Storage;
using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>Brings documents into memory, in a transaction that holds their items' rows: only what this node does not hold already is read.</summary>
internal sealed class DocumentReading(OpenDocuments open)
{
    private static readonly Query<TextRow> Texts = new(
        "content.document_texts", "select i.id, i.text, i.text_document from content.item i where i.id = any ($1)");

    private static readonly Query<StepsRow> Steps = new(
        "content.document_steps",
        """
        select r.item_id, r.document, r.author_id, r.updates
        from unnest($1::uuid[], $2::bigint[]) as w (item_id, after)
        join content.revision r on r.item_id = w.item_id and r.document > w.after and r.updates is not null
        order by r.item_id, r.n
        """);

    /// <summary>The documents as they are, each with the steps since the oldest version that is asked for.</summary>
    public async Task<IReadOnlyDictionary<Guid, OpenDocument>> ReadAsync(Work work, IReadOnlyList<Wanted> wanted, CancellationToken cancellationToken)
    {
        var documents = new Dictionary<Guid, OpenDocument>();
        var missing = new List<Missing>();
        foreach (var one in wanted)
        {
            var held = open.Find(one.ItemId);
            // Ahead of its row it can only be after a restore.
            if (held?.Version > one.Version)
                held = null;
            if (held is not null && held.Version == one.Version && held.From <= one.Since)
                documents[one.ItemId] = held;
            else
                missing.Add(new Missing(one, held));
        }
        if (missing.Count == 0)
            return documents;

        var cold = missing.Where(one => one.Held is null).Select(one => one.Wanted.ItemId).ToArray();
        var texts = cold.Length == 0 ? [] : (await work.QueryAsync(Texts, [cold], cancellationToken)).ToDictionary(row => row.Id);
        var after = missing.ToDictionary(
            one => one.Wanted.ItemId, one => Math.Min(one.Wanted.Since, one.Held?.Version ?? texts[one.Wanted.ItemId].TextDocument));
        var steps = (await work.QueryAsync(Steps, [after.Keys.ToArray(), after.Values.ToArray()], cancellationToken)).ToLookup(row => row.ItemId);
        foreach (var (one, held) in missing)
        {
            var (text, version) = held is null ? (Rope.Of(texts[one.ItemId].Text), texts[one.ItemId].TextDocument) : (held.Text, held.Version);
            documents[one.ItemId] = Continue(one, text, version, steps[one.ItemId]);
        }
        return documents;
    }

    private static OpenDocument Continue(Wanted wanted, Rope text, long version, IEnumerable<StepsRow> rows)
    {
        var steps = new List<AcceptedUpdate>();
        foreach (var row in rows)
        {
            var updates = UpdateJson.ReadStored(row.Updates).Select(update => AcceptedUpdate.Of(update, row.AuthorId)).ToArray();
            steps.AddRange(updates);
            for (var i = 0; i < updates.Length; i++)
            {
                if (row.Document - updates.Length + i < version)
                    continue;
                text = text.Apply(updates[i].Changes);
                version++;
            }
        }
        return new OpenDocument(wanted.ItemId, wanted.Version, text, steps);
    }

    /// <param name="Version">Of the document, as its item's row says.</param>
    /// <param name="Since">The oldest version that steps are needed from.</param>
    internal sealed record Wanted(Guid ItemId, long Version, long Since);

    private sealed record Missing(Wanted Wanted, OpenDocument? Held);

    private sealed record TextRow(Guid Id, string Text, long TextDocument);

    private sealed record StepsRow(Guid ItemId, long Document, Guid? AuthorId, string Updates);
}
