using System.Diagnostics;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Loads;

/// <summary>What to send.</summary>
/// <param name="Rate">Messages a second in all; null sends as fast as the window allows.</param>
internal sealed record MessagesPlan(int Clients, int Threads, int Window, int BodyBytes, TimeSpan WarmUp, TimeSpan Duration, double? Rate)
{
    /// <summary>How many a client listens to, one after the other; it writes to the first of them.</summary>
    public int ThreadsEach { get; init; } = 1;
}

/// <summary>
/// Durable messages: each client writes to its thread and hears everybody in it; a message counts when it is acknowledged, which is
/// after its commit. With a rate, latency counts from the moment a message was due, whether or not it could be sent then.
/// </summary>
internal sealed class MessagesLoad(MessagesPlan plan) : IWireSink
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(30);

    private readonly Latencies latencies = new();
    private Sender[] senders = [];
    private bool sending = true;
    private long measureFrom = long.MaxValue;
    private long acknowledged;
    private long measured;
    private long delivered;
    private long deliveredBefore;

    public async Task<Report> RunAsync(TargetServer server, CancellationToken cancellationToken)
    {
        var population = server.Population;
        var threads = population.Threads.Take(plan.Threads).ToArray();
        var written = Enumerable.Range(0, plan.Clients).Select(WrittenBy).Distinct().ToArray();
        var before = await population.HeadsAsync(server.Address, written, cancellationToken);

        using var loop = new SocketLoop();
        // The two of a thread stand half of all apart: with two processes each is at another one.
        var first = server.Second is null ? plan.Clients : plan.Clients / 2;
        loop.Open(server.EndPoint, server.Wire, this, Clients(0, first), TimeSpan.FromMinutes(2));
        if (server.Second is { } second)
            loop.Open(second.EndPoint, server.Wire, this, Clients(first, plan.Clients - first), TimeSpan.FromMinutes(2));
        senders = [.. loop.Connections.Select(connection => new Sender(
            connection, server.Wire.Message(WrittenBy(connection.Index), plan.BodyBytes, connection.Index)))];

        var start = Stopwatch.GetTimestamp();
        var pace = plan.Rate is { } rate ? new Pace(rate, start) : null;
        if (pace is null)
            FillWindows(loop);
        Work(loop, pace, start + Ticks(plan.WarmUp), cancellationToken);

        var cpu = server.Watch();
        var from = measureFrom = Stopwatch.GetTimestamp();
        deliveredBefore = delivered;
        measured = 0;
        Work(loop, pace, from + Ticks(plan.Duration), cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(from);
        var use = cpu.Read();
        var (counted, heard) = (measured, delivered - deliveredBefore);

        Drain(loop);
        var kept = (await population.HeadsAsync(server.Address, written, cancellationToken)).Zip(before, (after, at) => after - at).Sum();
        return Describe(elapsed, use, counted, heard, kept);

        Guid WrittenBy(int client) => threads[client * plan.ThreadsEach % threads.Length];

        IEnumerable<(Login, Guid[])> Clients(int from, int count) => Enumerable.Range(from, count).Select(i =>
            (population.LoginOf(i), Enumerable.Range(i * plan.ThreadsEach, plan.ThreadsEach).Select(at => threads[at % threads.Length]).ToArray()));
    }

    public void OnAcknowledged(RawConnection connection, uint number, long version)
    {
        var sender = senders[connection.Index];
        var due = sender.Acknowledged(number);
        acknowledged++;
        if (due >= measureFrom)
            latencies.Add(due, Stopwatch.GetTimestamp());
        measured++;
        if (sending && plan.Rate is null)
            sender.Send();
    }

    public void OnDelivered(RawConnection connection, long version) => delivered++;

    private void FillWindows(SocketLoop loop)
    {
        foreach (var sender in senders)
        {
            for (var i = 0; i < plan.Window; i++)
                sender.Send();
            loop.Flush(sender.Connection);
        }
    }

    private void Work(SocketLoop loop, Pace? pace, long until, CancellationToken cancellationToken)
    {
        for (var now = Stopwatch.GetTimestamp(); now < until; now = Stopwatch.GetTimestamp())
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (pace is not null && pace.TryTake(now, out var number, out var due))
            {
                var sender = senders[number % senders.Length];
                sender.Send(due);
                loop.Flush(sender.Connection);
            }

            var wait = Stopwatch.GetElapsedTime(now, Math.Min(until, pace?.NextDue ?? until));
            loop.Poll(wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
        }
    }

    private void Drain(SocketLoop loop)
    {
        sending = false;
        var end = Stopwatch.GetTimestamp() + Ticks(DrainPatience);
        while (senders.Any(sender => sender.InFlight > 0))
        {
            if (Stopwatch.GetTimestamp() > end)
                throw new TimeoutException($"{senders.Sum(sender => sender.InFlight)} messages were never acknowledged.");
            loop.Poll(TimeSpan.FromMilliseconds(100));
        }
    }

    private Report Describe(TimeSpan elapsed, CpuUse use, long counted, long heard, long kept)
    {
        var mode = plan.Rate is { } rate ? $"{rate:N0}/s wanted" : $"window {plan.Window}";
        var report = new Report($"Durable messages: {plan.Clients} clients, {plan.Threads} threads, {plan.BodyBytes} bytes, {mode}");
        report.AddMain("acknowledged after commit", counted / elapsed.TotalSeconds, "messages/s");
        report.Add("delivered", heard / elapsed.TotalSeconds, "deliveries/s");
        report.Add("latency", latencies);
        report.Add(use, counted, "message");
        report.Add("kept", kept == acknowledged ? $"all {kept:N0} acknowledged, none twice" : $"WRONG: {acknowledged:N0} acknowledged, {kept:N0} kept");
        return report;
    }

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
