namespace Renexus.Engine.Batching;

/// <summary>How small reads are gathered into one statement.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>Most keys of one statement.</summary>
    public int MaxBatchSize { get; init; } = 256;

    /// <summary>Statements side by side: while one hands its answers out, another's runs. More of them make each smaller.</summary>
    public int Concurrency { get; init; } = 2;

    /// <summary>Keys that may wait; beyond that callers are told that the server is overloaded.</summary>
    public int Capacity { get; init; } = 20_000;

    /// <summary>Tries of a statement whose failure was a passing one (a connection that was lost while nobody used it).</summary>
    public int Tries { get; init; } = 2;
}
