using System.Diagnostics;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>How many to hold, how long to let the server settle before its memory is read, and how long to watch it idle after that.</summary>
internal sealed record IdlePlan(int Connections, TimeSpan Settle, TimeSpan Hold);

/// <summary>Authenticated connections that do nothing, each on its user's channel: what one costs the server in memory.</summary>
internal sealed class IdleLoad(IdlePlan plan) : IWireSink
{
    /// <summary>Opened and counted in first, so that code and pools that every connection shares are not on the bill.</summary>
    private const int WarmUp = 200;

    public Report Run(TargetServer server, CancellationToken cancellationToken)
    {
        using var loop = new SocketLoop();
        Open(loop, server, WarmUp);
        Wait(loop, plan.Settle, cancellationToken);
        var (residentBefore, privateBefore) = (server.ResidentBytes(), server.PrivateBytes());

        var cpu = server.Watch();
        var start = Stopwatch.GetTimestamp();
        Open(loop, server, plan.Connections);
        var opening = Stopwatch.GetElapsedTime(start);
        var use = cpu.Read();
        Wait(loop, plan.Settle, cancellationToken);
        var (resident, own) = (server.ResidentBytes(), server.PrivateBytes());

        var idle = server.Watch();
        Wait(loop, plan.Hold, cancellationToken);
        var idleUse = idle.Read();

        var report = new Report($"Idle connections: {plan.Connections:N0}, authenticated, one channel each");
        report.AddMain("resident memory each", (resident - residentBefore) / 1024.0 / plan.Connections, "KB");
        report.Add("private memory each", (own - privateBefore) / 1024.0 / plan.Connections, "KB");
        report.Add("server's resident memory in all", resident / 1024.0 / 1024, "MB");
        report.Add("opened", plan.Connections / opening.TotalSeconds, "/s");
        report.Add(use, plan.Connections, "connect");
        report.Add("CPU server while idle", idleUse.Server / idleUse.Elapsed * 100, "% of a core");
        return report;
    }

    public void OnAcknowledged(RawConnection connection, uint number, long version)
    {
    }

    public void OnDelivered(RawConnection connection, long version)
    {
    }

    private void Open(SocketLoop loop, TargetServer server, int count) => loop.Open(
        server.EndPoint, server.Wire, this, Enumerable.Range(0, count).Select(i => (server.Population.LoginOf(i), Array.Empty<Guid>())), TimeSpan.FromMinutes(5));

    private static void Wait(SocketLoop loop, TimeSpan time, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            cancellationToken.ThrowIfCancellationRequested();
            loop.Poll(TimeSpan.FromMilliseconds(100));
        }
    }
}
