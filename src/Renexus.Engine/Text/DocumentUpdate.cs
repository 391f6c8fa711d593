namespace Renexus.Engine.Text;

/// <summary>A change of a document and who made it.</summary>
/// <param name="ClientId">The editor that made it: one instance, never two at once.</param>
public sealed record DocumentUpdate(string ClientId, ChangeSet Changes)
{
    /// <summary>
    /// Updates that one editor made of an older version, as they are at the newest one (TX8). Those that were accepted already, recognised by editor and order, are left out:
    /// handing the same in twice does it once.
    /// </summary>
    /// <param name="updates">The editor's, in order.</param>
    /// <param name="since">What has been accepted since the version that they were made of, in order.</param>
    /// <param name="length">Of the newest text.</param>
    /// <exception cref="BadChangeException">One is of a text of another length.</exception>
    public static IReadOnlyList<DocumentUpdate> Rebase(IReadOnlyList<DocumentUpdate> updates, IReadOnlyList<DocumentUpdate> since, int length)
    {
        ArgumentNullException.ThrowIfNull(updates);
        ArgumentNullException.ThrowIfNull(since);
        ChangeShape? missed = null;
        var known = 0;
        foreach (var accepted in since)
        {
            if (known < updates.Count && string.Equals(updates[known].ClientId, accepted.ClientId, StringComparison.Ordinal))
            {
                var own = updates[known].Changes.Shape;
                if (missed is not null)
                {
                    RequireFit(own, missed.Length, known);
                    missed = missed.MapOver(own, isBefore: true);
                }
                known++;
            }
            else
            {
                missed = missed is null ? accepted.Changes.Shape : missed.Compose(accepted.Changes.Shape);
            }
        }
        var rebased = new List<DocumentUpdate>(updates.Count - known);
        for (var i = known; i < updates.Count; i++)
        {
            var update = updates[i];
            RequireFit(update.Changes.Shape, missed?.Length ?? length, i);
            if (missed is null)
            {
                rebased.Add(update);
                length = update.Changes.NewLength;
                continue;
            }
            rebased.Add(update with { Changes = update.Changes.MapOver(missed) });
            missed = missed.MapOver(update.Changes.Shape, isBefore: true);
        }
        return rebased;
    }

    private static void RequireFit(ChangeShape change, int length, int index)
    {
        if (change.Length != length)
            throw new BadChangeException($"Update {index} changes a text of {change.Length} units; the document had {length} where it was made.");
    }
}
