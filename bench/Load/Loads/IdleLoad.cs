using System.Diagnostics;
using Renexus.Contracts.Realtime;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <summary>How many to hold, how long to let the server settle before its memory is read, and how long to watch it idle after that.</summary>
internal sealed record IdlePlan(int Connections, int Users, TimeSpan Settle, TimeSpan Hold);

/// <summary>Authenticated connections that do nothing, each on its user's channel: what one costs the server in memory.</summary>
internal sealed class IdleLoad(IdlePlan plan) : IFrameSink
{
    /// <summary>Opened and counted in first, so that code and pools that every connection shares are not on the bill.</summary>
    private const int WarmUp = 200;

    public async Task<Report> RunAsync(TargetServer server, CancellationToken cancellationToken)
    {
        using var population = await Population.CreateAsync(server.Address, plan.Users, 1, cancellationToken);
        using var loop = new SocketLoop();
        Open(loop, server, population, WarmUp);
        Wait(loop, plan.Settle, cancellationToken);
        var (residentBefore, privateBefore) = (ProcessTable.ResidentBytes(server.ProcessId), ProcessTable.PrivateBytes(server.ProcessId));

        var cpu = server.Watch();
        var start = Stopwatch.GetTimestamp();
        Open(loop, server, population, plan.Connections);
        var opening = Stopwatch.GetElapsedTime(start);
        var use = cpu.Read();
        Wait(loop, plan.Settle, cancellationToken);
        var (resident, own) = (ProcessTable.ResidentBytes(server.ProcessId), ProcessTable.PrivateBytes(server.ProcessId));

        var idle = server.Watch();
        Wait(loop, plan.Hold, cancellationToken);
        var idleUse = idle.Read();

        var report = new Report($"Idle connections: {plan.Connections:N0}, authenticated, one channel each");
        report.Add("resident memory each", (resident - residentBefore) / 1024.0 / plan.Connections, "KB");
        report.Add("private memory each", (own - privateBefore) / 1024.0 / plan.Connections, "KB");
        report.Add("server's resident memory in all", resident / 1024.0 / 1024, "MB");
        report.Add("opened", plan.Connections / opening.TotalSeconds, "/s");
        report.Add(use, plan.Connections, "connect");
        report.Add("CPU server while idle", idleUse.Server / idleUse.Elapsed * 100, "% of a core");
        return report;
    }

    public void OnFrame(RawConnection connection, ReadOnlySpan<byte> payload)
    {
        // Heartbeats.
    }

    private void Open(SocketLoop loop, TargetServer server, Population population, int count) =>
        loop.Open(
            server.EndPoint,
            Enumerable.Range(0, count).Select(i => (population.Tokens[i % plan.Users], new[] { ChannelNames.User(population.UserIds[i % plan.Users]) })),
            TimeSpan.FromMinutes(5));

    private void Wait(SocketLoop loop, TimeSpan time, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            cancellationToken.ThrowIfCancellationRequested();
            loop.Poll(TimeSpan.FromMilliseconds(100), this);
        }
    }
}
