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

    public Population Population { get; init; } = new([], []);

    public IPEndPoint EndPoint => new(Dns.GetHostAddresses(Address.Host).First(ip => ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork), Address.Port);

    public CpuWatch Watch() => new(ProcessId, PostgresId);

    /// <summary>Waits until it has done what was left to it, so that one run does not work off another.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var left = SettleSeconds; left > 0; left--)
        {
            var watch = Watch();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            var use = watch.Read();
            if ((use.Server + use.Postgres) / use.Elapsed < Idle)
                return;
        }

        throw new TimeoutException($"The server still works after {SettleSeconds} s of rest.");
    }

    /// <summary>Resident memory of the server's processes together, its own PostgreSQL aside.</summary>
    public long ResidentBytes() => ProcessTable.ServerProcesses(ProcessId).Sum(ProcessTable.ResidentBytes);

    /// <summary>The part of it that belongs to them alone.</summary>
    public long PrivateBytes() => ProcessTable.ServerProcesses(ProcessId).Sum(ProcessTable.PrivateBytes);

    public async ValueTask DisposeAsync()
    {
        if (Started is null)
            return;

        if (!Started.HasExited)
        {
            Native.Signal(Started.Id, Native.SigTerm);
            using var timeout = new CancellationTokenSource(Patience);
            await Started.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!Started.HasExited)
                Started.Kill(entireProcessTree: true);
        }

        Started.Dispose();
        Temporary?.Delete(recursive: true);
    }
}
