using System.Net;
using System.Net.Sockets;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

/// <summary>The real program with its embedded database, ended in every way a program can end.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "DP-1")]
public sealed class ServerLifecycleTests : IAsyncDisposable
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder data = new();

    [Fact]
    public async Task Killing_the_server_leaves_no_PostgreSQL_behind_and_the_next_start_recovers()
    {
        int postmaster;
        await using (var server = await StartAsync())
        {
            postmaster = data.Postmaster;
            await server.KillAsync();
        }

        await Eventually.TrueAsync("PostgreSQL is gone", Promised, () => !Processes.Runs(postmaster));

        await using var next = await StartAsync();
        Assert.NotEqual(postmaster, data.Postmaster);
        Assert.DoesNotContain("Applied migration", next.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orphan_whose_watchdog_was_killed_too_is_stopped_by_the_next_start()
    {
        int orphan;
        await using (var server = await StartAsync())
        {
            orphan = data.Postmaster;
            foreach (var watchdog in WatchdogsOf(orphan))
                Processes.Kill(watchdog);
            await server.KillAsync();
        }

        Assert.True(Processes.Runs(orphan));
        await using var next = await StartAsync();
        Assert.False(Processes.Runs(orphan));
    }

    [Theory]
    [InlineData("INT", true)]
    [InlineData("TERM", false)]
    public async Task A_signal_stops_the_server_and_then_its_database_cleanly(string signal, bool toGroup)
    {
        await using var server = await StartAsync();
        var postmaster = data.Postmaster;

        Assert.Equal(0, await server.SignalAsync(signal, toGroup));

        Assert.False(Processes.Runs(postmaster));
        Assert.False(File.Exists(data.PidFile)); // only a clean shutdown removes it
        Assert.DoesNotContain("PostgreSQL ended by itself", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_directory_is_refused_in_one_sentence()
    {
        await using var server = await StartAsync();
        var postmaster = data.Postmaster;

        var (exitCode, output) = await ServerProcess.RunAsync("serve", "--urls=http://127.0.0.1:0", $"--Renexus:DataDirectory={data.Path}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"Another Renexus server uses the data directory {data.Path}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(postmaster, data.Postmaster);
        Assert.True(Processes.Runs(postmaster));
    }

    [Fact]
    public async Task A_port_in_use_is_said_in_one_sentence_and_the_database_is_stopped_again()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var (exitCode, output) = await ServerProcess.RunAsync("serve", $"--urls=http://{other.LocalEndpoint}", $"--Renexus:DataDirectory={data.Path}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"http://{other.LocalEndpoint}: address already in use: stop the program that uses it", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(File.Exists(data.PidFile));
    }

    [Fact]
    public async Task Mistakes_on_the_command_line_are_all_told_at_once()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("srve", "--port=80", "--Renexus:DataDirectory");

        Assert.Equal(2, exitCode);
        Assert.Contains("'srve' is neither a command nor a setting", output, StringComparison.Ordinal);
        Assert.Contains("--port is not a setting", output, StringComparison.Ordinal);
        Assert.Contains("--Renexus:DataDirectory needs a value", output, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => data.DisposeAsync();

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync($"Renexus:DataDirectory={data.Path}");

    // The shell and its reader of the pipe: PostgreSQL's parent and that parent's other children.
    private static List<int> WatchdogsOf(int postmaster)
    {
        var shell = ParentOf(postmaster);
        return [shell, .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out var pid) && pid != postmaster && ParentOf(pid) == shell)
            .Select(name => int.Parse(name!))];
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
