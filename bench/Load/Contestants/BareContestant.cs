using System.Diagnostics;
using Renexus.Load.Target;
using Renexus.Load.Wires;
using Renexus.Testing;

namespace Renexus.Load.Contestants;

/// <summary>No contestant in earnest, but the limit: bench/Bare.</summary>
/// <param name="program">Renexus.Bare.dll.</param>
internal sealed class BareContestant(FileInfo program) : IContestant
{
    public string Name => "bare Kestrel and PostgreSQL";

    public string About =>
        "the limit, not a product (`bench/Bare`): reads are bytes that lie ready, a message is one row of a table with a primary key, up to 256 in a statement, and whoever listens gets all that waits for it in one write; nobody is known, nothing checked, limited, logged or kept besides";

    public async Task<TargetServer> OpenAsync(PostgresCluster cluster, Inventory inventory, CancellationToken cancellationToken)
    {
        var database = await cluster.CreateEmptyDatabaseAsync();
        var server = await Launcher.StartAsync(address => Command(address, database), new PlainWire(), cluster.Postmaster, temporary: null, cancellationToken);
        // Anybody will do, and any thread is there.
        return server with
        {
            Population = new Population(
                [.. Enumerable.Range(0, inventory.Writers).Select(_ => new Login(Guid.CreateVersion7(), "anybody"))],
                [.. Enumerable.Range(0, inventory.Threads).Select(_ => Guid.CreateVersion7())]),
        };
    }

    private ProcessStartInfo Command(Uri address, string database)
    {
        var start = new ProcessStartInfo("dotnet", [program.FullName, $"--urls={address}", $"--Database={database}"]);
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        return start;
    }
}
