using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Renexus.Load.Target;

/// <summary>How to start a server for a run.</summary>
internal sealed record ServerLaunch(FileInfo Program, DirectoryInfo? Data, string? ConnectionString, int? PostgresId)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The limits protect people from each other; here they would only measure themselves.</summary>
    private static readonly string[] Unlimited =
    [
        "MessagesPerMinute", "WritesPerMinute", "DocumentPushesPerMinute", "EphemeralPerMinute", "AuthenticationPerMinute",
        "AnonymousPerMinute", "ConnectionsPerUser",
    ];

    /// <summary>Starts it and waits for its first healthy answer.</summary>
    public async Task<TargetServer> StartAsync(CancellationToken cancellationToken)
    {
        var directory = Data ?? Directory.CreateTempSubdirectory("renexus-load-");
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Program.FullName);
        start.ArgumentList.Add($"--urls={address}");
        start.ArgumentList.Add($"--Renexus:DataDirectory={directory.FullName}");
        if (ConnectionString is not null)
            start.ArgumentList.Add($"--Renexus:Database:ConnectionString={ConnectionString}");
        foreach (var limit in Unlimited)
            start.ArgumentList.Add($"--Renexus:Limits:{limit}=0");
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment["Logging__LogLevel__Default"] = "Warning";

        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        var log = new ServerLog(process);
        var server = new TargetServer(address, process.Id, PostgresId, process, Data is null ? directory : null);
        try
        {
            await WaitUntilHealthyAsync(process, log, address, cancellationToken);
            return server with { StartTime = Stopwatch.GetElapsedTime(began) };
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
