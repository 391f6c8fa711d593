namespace Renexus.Engine.Storage;

/// <summary>
/// What row-level security lets a statement see. It is set in the same round trip and transaction as the statement,
/// and is the second wall: each statement still names its own authorization in its <c>where</c>.
/// </summary>
public readonly record struct Scope
{
    /// <summary>Whose personal rows, and whose workspaces by membership, are visible.</summary>
    public Guid? User { get; private init; }

    /// <summary>People whose own rows are visible, for a statement that reads for several people at once; nothing of any workspace.</summary>
    public Guid[]? Users { get; private init; }

    /// <summary>Workspaces that the system itself works in, membership or not.</summary>
    public Guid[]? Workspaces { get; private init; }

    /// <summary>No rows of any workspace or person: for statements on what belongs to nobody (log-in by email).</summary>
    public static Scope None => default;

    /// <summary>A person's own rows and those of the workspaces the person belongs to.</summary>
    public static Scope Of(Guid user) => new() { User = user };

    /// <summary>The own rows of each of these people, where a policy lets a batched read see them; it sees nothing else and changes nothing.</summary>
    public static Scope OfEach(params Guid[] users) => new() { Users = users };

    /// <summary>Exactly these workspaces, for work that the system does on behalf of several people at once.</summary>
    public static Scope In(params Guid[] workspaces) => new() { Workspaces = workspaces };
}
