namespace Renexus.Engine.Storage;

/// <summary>How much of the database one process uses at once, and when a statement counts as slow (DB-3).</summary>
public sealed record DatabaseLimits
{
    /// <summary>
    /// Statements and transactions under way at once; what comes beyond waits in a fair queue in front of the pool.
    /// More than a few for each core only makes them fight (reference: 8 on 2 cores).
    /// </summary>
    public int Concurrency { get; init; } = Math.Min(8, 4 * Environment.ProcessorCount);

    /// <summary>The same of those who work on jobs, who have connections of their own.</summary>
    public int JobConcurrency { get; init; } = 4;

    /// <summary>Long readings under way at once (<see cref="Database.BeginSnapshotAsync"/>), each with a connection.</summary>
    internal const int Snapshots = 2;

    /// <summary>A statement that takes longer is logged with its name.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A statement that takes longer is a warning.</summary>
    public TimeSpan VerySlow { get; init; } = TimeSpan.FromSeconds(1);
}
