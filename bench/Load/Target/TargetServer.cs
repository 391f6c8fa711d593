using System.Diagnostics;
using System.Net;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;

namespace Renexus.Load.Target;

/// <summary>The server of a run; disposing of one that was started for it stops it and removes its data.</summary>
internal sealed record TargetServer(Uri Address, int ProcessId, int? PostgresId, Process? Started, DirectoryInfo? Temporary) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>From the start of the process to its first healthy answer.</summary>
    public TimeSpan StartTime { get; init; }

    public IPEndPoint EndPoint => new(Dns.GetHostAddresses(Address.Host).First(ip => ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork), Address.Port);

    public CpuWatch Watch() => new(ProcessId, PostgresId);

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
