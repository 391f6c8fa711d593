using System.CommandLine;
using Renexus.Load.Contestants;
using Renexus.Load.Wires;

namespace Renexus.Load.Target;

/// <summary>Which server to put under load: one that runs, or one started for the run.</summary>
internal sealed class TargetOptions
{
    private readonly Option<FileInfo?> server = new("--server") { Description = "Renexus.Server.dll: start it for this run, on a free port, with fresh data and without limits." };
    private readonly Option<Uri?> url = new("--url") { Description = "A server that runs already; start it without limits (docs in bench/Load/README.md)." };
    private readonly Option<int?> processId = new("--pid") { Description = "With --url: the server's process." };
    private readonly Option<int?> postgresId = new("--postgres-pid") { Description = "The first process of a PostgreSQL that the server did not start." };
    private readonly Option<string?> connectionString = new("--database") { Description = "With --server: an outside PostgreSQL instead of the embedded one." };
    private readonly Option<DirectoryInfo?> data = new("--data") { Description = "With --server: a data directory to use and to keep." };

    public void AddTo(Command command)
    {
        command.Options.Add(server);
        command.Options.Add(url);
        command.Options.Add(processId);
        command.Options.Add(postgresId);
        command.Options.Add(connectionString);
        command.Options.Add(data);
    }

    /// <summary>How to start a server; null when one runs.</summary>
    public RenexusServer? Launch(ParseResult arguments) => arguments.GetValue(server) is { } program
        ? new RenexusServer(program, arguments.GetValue(data), arguments.GetValue(connectionString), arguments.GetValue(postgresId))
        : null;

    /// <summary>The server, with people and threads in it.</summary>
    public async Task<TargetServer> OpenAsync(ParseResult arguments, int users, int threads, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(arguments, cancellationToken);
        try
        {
            return opened with { Population = await RenexusServer.PopulateAsync(opened.Address, users, threads, cancellationToken) };
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private async Task<TargetServer> OpenAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (Launch(arguments) is { } launch)
            return await launch.StartAsync(cancellationToken);
        if (arguments.GetValue(url) is { } address && arguments.GetValue(processId) is { } id)
            return new TargetServer(address, id, arguments.GetValue(postgresId), new RenexusWire(), null, null);

        throw new InvalidOperationException("Say --server PATH/Renexus.Server.dll, or --url with --pid.");
    }
}
