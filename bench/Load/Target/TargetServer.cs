using System.Diagnostics;
using System.Net;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Wires;

namespace Renexus.Load.Target;

/// <summary>The server of a run; disposing of one that was started for it stops it and removes its data.</summary>
internal sealed record TargetServer(Uri Address, int ProcessId, int? PostgresId, IWire Wire, Process? Started, DirectoryInfo? Temporary) : IAsyncDisposable
{
    private const int SettleSeconds = 120;

    /// <summary>Of a core: less is rest.</summary>
    private const double Idle = 0.1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>From the start of the process to its first healthy answer.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>Starts the same again.</summary>
    public Func<CancellationToken, Task<TargetServer>>? Again { get; init; }

    /// <summary>Another process on the same database, if there are two.</summary>
    public TargetServer? Second { get; init; }

    public Population Population { get; init; } = new([], []);

    public IPEndPoint EndPoint => new(Dns.GetHostAddresses(Address.Host).First(ip => ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork), Address.Port);

    public CpuWatch Watch() => new(ProcessId, PostgresId, Second?.ProcessId);

    /// <summary>Waits until it has done what was left to it, so that one run does not work off another.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var left = SettleSeconds; left > 0; left--)
        {
            var watch = Watch();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            var use = watch.Read();
            if ((use.Server + use.Database) / use.Elapsed < Idle)
                return;
        }

        throw new TimeoutException($"The server still works after {SettleSeconds} s of rest.");
    }

    /// <summary>Starts it again after a stop, on the same data.</summary>
    public async Task<TargetServer> StartAgainAsync(CancellationToken cancellationToken)
    {
        var started = await (Again ?? throw new InvalidOperationException("It was not started here."))(cancellationToken);
        return started with { Population = Population };
    }

    public async Task StopAsync()
    {
        if (Started is null || Started.HasExited)
            return;

        Native.Signal(Started.Id, Native.SigTerm);
        using var timeout = new CancellationTokenSource(Patience);
        await Started.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Started.HasExited)
            Started.Kill(entireProcessTree: true);
    }

    /// <summary>Resident memory of the server's processes together, its own PostgreSQL aside.</summary>
    public long ResidentBytes() => ProcessTable.ServerProcesses(ProcessId).Sum(ProcessTable.ResidentBytes);

    /// <summary>The part of it that belongs to them alone.</summary>
    public long PrivateBytes() => ProcessTable.ServerProcesses(ProcessId).Sum(ProcessTable.PrivateBytes);

    public async ValueTask DisposeAsync()
    {
        if (Second is not null)
            await Second.DisposeAsync();
        await StopAsync();
        Started?.Dispose();
        if (Temporary is not null && Directory.Exists(Temporary.FullName))
            Temporary.Delete(recursive: true);
    }
}
