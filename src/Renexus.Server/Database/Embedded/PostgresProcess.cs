using System.Diagnostics;
using System.Runtime.Versioning;

namespace Renexus.Server.Postgres;

/// <summary>
/// One run of PostgreSQL as a child that cannot outlive this process. On Unix it runs beside a small shell whose standard input is a pipe that only
/// this process holds: whatever ends this process, kill -9 included, ends the pipe, and the shell then stops PostgreSQL.
/// Closing the pipe is also how it is stopped on purpose, so there is one way down and every stop tries it.
/// </summary>
/// <remarks>
/// <c>prctl(PR_SET_PDEATHSIG)</c> looks simpler, but it fires when the thread that forked ends, and pool threads do end.
/// </remarks>
internal sealed class PostgresProcess : IAsyncDisposable
{
    // $1 is the socket folder, the rest the command. A fast shutdown first; if that hangs, an immediate one (the next start recovers) within
    // the ten seconds after which nothing may be left. Signals in passing are PostgreSQL's to handle, so wait is repeated.
    private const string Watchdog = """
        exec 3<&0
        sockets=$1; shift
        "$@" </dev/null 3<&- &
        postgres=$!
        (read -r _ <&3; exec 3<&-; kill -INT $postgres; sleep 7; kill -QUIT $postgres) >/dev/null 2>&1 &
        watchdog=$!
        exec 3<&-
        trap 'kill -INT $postgres' INT TERM HUP
        while :; do wait $postgres; code=$?; kill -0 $postgres 2>/dev/null || break; done
        kill $watchdog 2>/dev/null
        rm -f "$sockets"/.s.PGSQL.*; rmdir "$sockets" 2>/dev/null
        exit $code
        """;

    private readonly Process process;
    private readonly Func<Task> stop;

    private PostgresProcess(ProcessStartInfo start, PostgresLog log, Func<Task>? stop)
    {
        Log = log;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        this.stop = stop ?? ClosePipeAsync;
        Exited = WaitAsync();
    }

    public PostgresLog Log { get; }

    /// <summary>Ends with PostgreSQL's exit code.</summary>
    public Task<int> Exited { get; }

    public static PostgresProcess Start(PostgresBinaries binaries, PostgresAccount account, PostgresDirectory directory, IEnumerable<string> settings, PostgresLog log)
    {
        string[] command = [binaries.Postgres, "-D", directory.Data, .. settings.SelectMany(setting => (string[])["-c", setting])];
        if (OperatingSystem.IsWindows())
            return StartOnWindows(binaries, account, directory, command, log);

        // A session of its own: Ctrl-C goes to the server alone, whose drain still needs its database.
        string[] session = OperatingSystem.IsMacOS()
            ? ["/usr/bin/perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV"] // no setsid program there; not run yet
            : ["setsid"];
        string[] line = [.. session, "/bin/sh", "-c", Watchdog, "renexus-postgres", directory.Sockets, .. command];
        return new(account.Start(line[0], line.Skip(1)), log, stop: null);
    }

    public async Task StopAsync()
    {
        await stop();
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    // Written from the documentation, not run yet.
    [SupportedOSPlatform("windows")]
    private static PostgresProcess StartOnWindows(
        PostgresBinaries binaries, PostgresAccount account, PostgresDirectory directory, string[] command, PostgresLog log)
    {
        var started = new PostgresProcess(account.Start(command[0], command.Skip(1)), log, async () =>
        {
            using var stopping = Process.Start(account.Start(binaries.PgCtl, "stop", "-D", directory.Data, "-m", "fast"))!;
            await stopping.WaitForExitAsync();
        });
        WindowsJob.Add(started.process);
        return started;
    }

    private Task ClosePipeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell is gone already, and with it the pipe.
        }

        return Task.CompletedTask;
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private void Read(string? line)
    {
        if (line is not null)
            Log.Read(line);
    }
}
