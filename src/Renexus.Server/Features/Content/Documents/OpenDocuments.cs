using Renexus.Engine.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>
/// The documents that were written in last on this node, as many as fit (<c>Renexus:Content:CacheBytes</c>). It is only what saves reading: whether one is the newest
/// is decided by its item's row.
/// </summary>
internal sealed class OpenDocuments(RenexusOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, LinkedListNode<Held>> byId = [];
    private readonly LinkedList<Held> byUse = [];

    /// <summary>Bytes in memory, about.</summary>
    public long Bytes { get; private set; }

    public OpenDocument? Find(Guid itemId)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(itemId, out var node))
                return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Document;
        }
    }

    /// <summary>
    /// An item's text at a version of its document, for who holds the item's row but does not write here: a document itself may be moving on in this moment, what was
    /// noted of it when it was kept is not. Null when it is not here.
    /// </summary>
    public Rope? TextAt(Guid itemId, long version)
    {
        lock (gate)
            return byId.TryGetValue(itemId, out var node) && node.Value.Version == version ? node.Value.Text : null;
    }

    /// <summary>Keeps one, as large as it is now, at the expense of those that were not used for the longest time.</summary>
    public void Keep(OpenDocument document)
    {
        lock (gate)
        {
            if (byId.TryGetValue(document.ItemId, out var known))
                Drop(known);
            var node = byUse.AddFirst(new Held(document, document.Bytes, document.Version, document.Text));
            byId[document.ItemId] = node;
            Bytes += node.Value.Bytes;
            while (Bytes > options.Content.CacheBytes && byUse.Last is { } last && last != node)
                Drop(last);
        }
    }

    private void Drop(LinkedListNode<Held> node)
    {
        byUse.Remove(node);
        byId.Remove(node.Value.Document.ItemId);
        Bytes -= node.Value.Bytes;
    }

    private sealed record Held(OpenDocument Document, long Bytes, long Version, Rope Text);
}
