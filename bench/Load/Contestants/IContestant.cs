using Renexus.Load.Target;
using Renexus.Testing;

namespace Renexus.Load.Contestants;

/// <summary>How much there is before a run begins.</summary>
/// <param name="Writers">People with a token; connections are spread over them.</param>
internal sealed record Inventory(int Users, int Threads, int Messages, int Writers)
{
    public static readonly Inventory Usual = new(12_000, 1_000, 200_000, 20);
}

/// <summary>A server that does the work, with data of the same size in the same PostgreSQL.</summary>
internal interface IContestant
{
    string Name { get; }

    /// <summary>What it is, for whoever reads the result.</summary>
    string About { get; }

    /// <summary>Starts it on a database of its own, full.</summary>
    Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken);
}
