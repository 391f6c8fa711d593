namespace Renexus.Engine.Batching;

/// <summary>How a try that failed for a passing reason is repeated.</summary>
public enum RetryStrategy
{
    /// <summary>At once.</summary>
    Immediate,

    /// <summary>After <see cref="GroupCommitOptions.RetryDelay"/>, then twice that, and so on.</summary>
    Exponential,
}

/// <summary>How small writes are gathered into one transaction.</summary>
public sealed record GroupCommitOptions
{
    /// <summary>Most items of one transaction.</summary>
    public int MaxBatchSize { get; init; } = 256;

    /// <summary>
    /// Most bytes of one transaction, one item aside: a statement of many large items would hold the channel's row, and
    /// everybody behind it, for seconds.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// How long an incomplete batch waits for more. Zero: what arrives while the last commit runs is the next batch,
    /// which costs no latency (a linger of 2 ms brought no throughput).
    /// </summary>
    public TimeSpan WaitTime { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Most writers side by side: while one hands results out, another's statement runs. A second one begins only when a quarter of a full batch
    /// waits: a statement of few items costs each of them more. Items of one key are with one writer at a time, so writers cannot deadlock on a key's row.
    /// </summary>
    public int Writers { get; init; } = 4;

    /// <summary>Items that may wait; beyond that callers are told that the server is overloaded.</summary>
    public int Capacity { get; init; } = 80_000;

    /// <summary>Tries of a batch whose failure was a passing one (connection lost, deadlock).</summary>
    public int Tries { get; init; } = 4;

    /// <summary>How the tries are spaced.</summary>
    public RetryStrategy RetryStrategy { get; init; } = RetryStrategy.Exponential;

    /// <summary>The first pause of <see cref="RetryStrategy.Exponential"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
