using System.Diagnostics;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>Whom to reach.</summary>
/// <param name="InFlight">How many broadcasts may not have reached everybody yet.</param>
internal sealed record FanoutPlan(int Subscribers, int InFlight, int BodyBytes, TimeSpan WarmUp, TimeSpan Duration);

/// <summary>One writer, many who hear: the next message leaves when one of those in flight has reached everybody.</summary>
internal sealed class FanoutLoad(FanoutPlan plan) : IWireSink
{
    private readonly Latencies latencies = new();
    private readonly Dictionary<long, Broadcast> open = [];
    private readonly Dictionary<long, long> completeAt = [];
    private Sender publisher = null!;
    private bool measuring;
    private long delivered;
    private long completed;
    private long lastComplete;

    public async Task<Report> RunAsync(TargetServer server, CancellationToken cancellationToken)
    {
        var (population, wire) = (server.Population, new FrameMemory(server.Wire));
        var thread = population.Threads[0];
        using var sockets = new SocketLoop();
        sockets.Open(server.EndPoint, server.Wire, this, [(population.LoginOf(0), [])], TimeSpan.FromMinutes(1));
        sockets.Open(
            server.EndPoint, wire, this,
            Enumerable.Range(0, plan.Subscribers).Select(i => (population.LoginOf(i), new[] { thread })), TimeSpan.FromMinutes(5));
        publisher = new Sender(sockets.Connections[0], wire.Message(thread, plan.BodyBytes, 0));

        for (var i = 0; i < plan.InFlight; i++)
            publisher.Send();
        Work(sockets, plan.WarmUp, cancellationToken);

        var cpu = server.Watch();
        delivered = 0;
        completed = 0;
        measuring = true;
        var elapsed = Work(sockets, plan.Duration, cancellationToken);
        var use = cpu.Read();

        var report = new Report($"Fan-out: {plan.Subscribers:N0} subscribers, {plan.BodyBytes} bytes, {plan.InFlight} in flight");
        report.AddMain("delivered", delivered / elapsed.TotalSeconds, "deliveries/s");
        report.Add("broadcasts complete", completed / elapsed.TotalSeconds, "/s");
        report.Add("sent to the last subscriber", latencies);
        report.Add(use, delivered, "delivery");
        return report;
    }

    public void OnAcknowledged(RawConnection connection, uint number, long version) => OnAck(version, publisher.Acknowledged(number));

    public void OnDelivered(RawConnection connection, long version)
    {
        // The writer hears of itself where the contestant counts it in.
        if (connection != publisher.Connection)
            OnDelivery(version);
    }

    private void OnAck(long v, long sentAt)
    {
        // Some tell the writer only after everybody has heard.
        if (completeAt.Remove(v, out var at))
            Time(sentAt, at);
        else if (v > lastComplete)
            Find(v).SentAt = sentAt;
    }

    private void OnDelivery(long v)
    {
        delivered++;
        var broadcast = Find(v);
        if (++broadcast.Reached < plan.Subscribers)
            return;

        open.Remove(v);
        lastComplete = Math.Max(lastComplete, v);
        completed++;
        if (broadcast.SentAt is { } sentAt)
            Time(sentAt, Stopwatch.GetTimestamp());
        else
            completeAt.Add(v, Stopwatch.GetTimestamp());
        publisher.Send();
    }

    private void Time(long sentAt, long heardAt)
    {
        if (measuring)
            latencies.Add(sentAt, heardAt);
    }

    private Broadcast Find(long v)
    {
        if (!open.TryGetValue(v, out var broadcast))
            open.Add(v, broadcast = new Broadcast());
        return broadcast;
    }

    private TimeSpan Work(SocketLoop loop, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            loop.Flush(publisher.Connection);
            loop.Poll(TimeSpan.FromMilliseconds(100));
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private sealed class Broadcast
    {
        public long? SentAt { get; set; }

        public int Reached { get; set; }
    }
}
