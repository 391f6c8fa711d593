namespace Renexus.Engine.Jobs;

/// <summary>How a process works on jobs.</summary>
public sealed record JobWorkerOptions
{
    /// <summary>The node that the process is; what an earlier process of it left behind is free at once.</summary>
    public required Guid Node { get; init; }

    /// <summary>What operators see.</summary>
    public required string Name { get; init; }

    /// <summary>How often it says that it lives.</summary>
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Not heard of for this long, by the database's clock, it is dead and its jobs are others'.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it looks for dead ones.</summary>
    public TimeSpan RescueEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it looks for work that nobody told it of: hints may be lost.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long running jobs may go on when the process is to end; then they are cancelled and given back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a handler may take to obey its cancelled token; after that it is left to itself.</summary>
    public TimeSpan Obey { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A job that went down with its worker this often is what kills them.</summary>
    public int PoisonAfter { get; init; } = 5;

    /// <summary>How long a job waits whose kind this process does not know: another version may.</summary>
    public TimeSpan UnknownKindPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Takes secrets out of what is kept of an error.</summary>
    public Func<string, string> Clean { get; init; } = static text => text;
}
