using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Renexus.Testing;

/// <summary>A real Redis of the test's own, in memory alone, that the test may kill and start again at the same port.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly string? password;
    private Process process;

    private RedisServer(int port, string? password)
    {
        (Port, this.password) = (port, password);
        process = Launch();
    }

    public int Port { get; }

    /// <summary>For the setting <c>Renexus:Redis:ConnectionString</c>.</summary>
    public string ConnectionString => password is null ? $"redis://127.0.0.1:{Port}" : $"127.0.0.1:{Port},password={password}";

    /// <summary>Whether this machine has one; a test that needs it says so and is skipped without.</summary>
    public static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Starts one.</summary>
    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        var server = new RedisServer(FixedPort.Find(), password);
        await server.AnsweringAsync();
        return server;
    }

    /// <summary>As by a crash.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Empty, where it was.</summary>
    public async Task StartAgainAsync()
    {
        process = Launch();
        await AnsweringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded())
            await KillAsync();
    }

    private bool HasEnded()
    {
        try
        {
            return process.HasExited;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private Process Launch()
    {
        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(),
            .. password is null ? (string[])[] : ["--requirepass", password],
        ];
        var started = Process.Start(new ProcessStartInfo(Program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        started.OutputDataReceived += static (_, _) => { };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private Task AnsweringAsync() => Eventually.TrueAsync("Redis accepts connections", TimeSpan.FromSeconds(30), async () =>
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });
}
