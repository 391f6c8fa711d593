using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Contestants;

/// <summary>Starts a server on a free port and waits for its first healthy answer.</summary>
internal static class Launcher
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="program">What to start, by the address that it shall have.</param>
    /// <param name="temporary">Removed with the server.</param>
    public static async Task<TargetServer> StartAsync(
        Func<Uri, ProcessStartInfo> program, IWire wire, int? postgresId, DirectoryInfo? temporary, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = program(address);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.UseShellExecute) = (true, true, false);

        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        var log = new ServerLog(process);
        var server = new TargetServer(address, process.Id, postgresId, wire, process, temporary);
        try
        {
            await WaitUntilHealthyAsync(process, log, address, cancellationToken);
            return server with
            {
                StartTime = Stopwatch.GetElapsedTime(began),
                Again = token => StartAsync(program, wire, postgresId, temporary, token),
            };
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static async Task WaitUntilHealthyAsync(Process process, ServerLog log, Uri address, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var http = new HttpClient { BaseAddress = address };
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The server ended with {process.ExitCode}:\n{log}");

            try
            {
                using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), either.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"The server was not healthy after {Patience.TotalSeconds} s:\n{log}", e);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, either.Token);
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
