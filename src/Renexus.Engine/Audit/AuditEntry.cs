namespace Renexus.Engine.Audit;

/// <summary>
/// What a transaction says of itself for the audit trail (SE-4). When, by whom and from where come from the transaction's time and
/// from <see cref="Origin.Current"/>. Secrets never belong into it.
/// </summary>
/// <param name="Action">What was done, from the catalogue of actions: <c>member.added</c>.</param>
/// <param name="Resource">The kind of thing it was done to.</param>
/// <param name="ResourceId">Which one.</param>
public sealed record AuditEntry(string Action, string Resource, Guid? ResourceId)
{
    /// <summary>The workspace whose trail it belongs to; null for the installation's.</summary>
    public Guid? WorkspaceId { get; init; }

    /// <summary>In whose own trail it stands as well; null for none.</summary>
    public Guid? Person { get; init; }

    /// <summary>Who did it, where the origin cannot know: at a log-in.</summary>
    public Guid? Actor { get; init; }

    /// <summary>What was, as JSON.</summary>
    public string? Before { get; init; }

    /// <summary>What is, as JSON.</summary>
    public string? After { get; init; }

    /// <summary>Its id, where something must refer to it; made at the commit otherwise.</summary>
    public Guid? Id { get; init; }

    /// <summary>Address and device are left out: the last deed of somebody whose traces are erased.</summary>
    public bool WithoutOrigin { get; init; }
}
