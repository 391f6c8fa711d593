using System.CommandLine;

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
    public ServerLaunch? Launch(ParseResult arguments) => arguments.GetValue(server) is { } program
        ? new ServerLaunch(program, arguments.GetValue(data), arguments.GetValue(connectionString), arguments.GetValue(postgresId))
        : null;

    public async Task<TargetServer> OpenAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (Launch(arguments) is { } launch)
            return await launch.StartAsync(cancellationToken);
        if (arguments.GetValue(url) is { } address && arguments.GetValue(processId) is { } id)
            return new TargetServer(address, id, arguments.GetValue(postgresId), null, null);

        throw new InvalidOperationException("Say --server PATH/Renexus.Server.dll, or --url with --pid.");
    }
}
