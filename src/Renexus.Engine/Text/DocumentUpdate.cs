namespace Renexus.Engine.Text;

/// <summary>A change of a document and who made it.</summary>
/// <param name="ClientId">The editor that made it: one instance, never two at once.</param>
public record DocumentUpdate(string ClientId, ChangeSet Changes)
{
    /// <summary>
    /// Updates that one editor made of an older version, as they are at the newest one (TX8). Those that were accepted already, recognised by editor and order, are left out:
    /// handing the same in twice does it once.
    /// </summary>
    /// <remarks>
    /// They are mapped over what was missed one after the other, as in an editor that receives it so. Mapping over all of it composed, as <c>rebaseUpdates</c> of
    /// CodeMirror's collab package does, gives another text where one person deleted and another one wrote at the same place: then that editor and everybody else would part.
    /// </remarks>
    /// <param name="updates">The editor's, in order.</param>
    /// <param name="since">What has been accepted since the version that they were made of, in order.</param>
    /// <param name="length">Of the newest text.</param>
    /// <exception cref="BadChangeException">One is of a text of another length.</exception>
    public static IReadOnlyList<DocumentUpdate> Rebase(IReadOnlyList<DocumentUpdate> updates, IReadOnlyList<DocumentUpdate> since, int length)
    {
        ArgumentNullException.ThrowIfNull(updates);
        ArgumentNullException.ThrowIfNull(since);
        var rebased = updates.ToArray();
        var known = 0;
        foreach (var accepted in since)
        {
            if (known < updates.Count && string.Equals(updates[known].ClientId, accepted.ClientId, StringComparison.Ordinal))
            {
                known++;
                continue;
            }
            var missed = accepted.Changes.Shape;
            for (var i = known; i < rebased.Length; i++)
            {
                var changes = rebased[i].Changes;
                RequireFit(changes, missed.Length, i);
                rebased[i] = rebased[i] with { Changes = changes.MapOver(missed) };
                missed = missed.MapOver(changes.Shape, isBefore: true);
            }
        }
        for (var i = known; i < rebased.Length; i++)
        {
            RequireFit(rebased[i].Changes, length, i);
            length = rebased[i].Changes.NewLength;
        }
        return rebased[known..];
    }

    private static void RequireFit(ChangeSet change, int length, int index)
    {
        if (change.Length != length)
            throw new BadChangeException($"Update {index} changes a text of {change.Length} units; the document had {length} where it was made.");
    }
}
