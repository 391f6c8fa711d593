using System.Diagnostics;
using System.Text;
using Renexus.Client.Realtime;
using Renexus.Contracts.Realtime;
using Renexus.Load.Measuring;
using Renexus.Load.Sockets;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <summary>Whom to reach.</summary>
/// <param name="InFlight">How many broadcasts may not have reached everybody yet.</param>
internal sealed record FanoutPlan(int Subscribers, int Users, int InFlight, int BodyBytes, TimeSpan WarmUp, TimeSpan Duration);

/// <summary>One writer, many who hear: the next message leaves when one of those in flight has reached everybody.</summary>
internal sealed class FanoutLoad(FanoutPlan plan) : IFrameSink
{
    /// <summary>The same frame comes once for each subscriber; only its first sight is parsed.</summary>
    private readonly FrameMemory memory = new();

    private readonly Latencies latencies = new();
    private readonly Dictionary<long, Broadcast> open = [];
    private Sender publisher = null!;
    private bool measuring;
    private long delivered;
    private long completed;
    private long lastComplete;

    public async Task<Report> RunAsync(TargetServer server, CancellationToken cancellationToken)
    {
        using var population = await Population.CreateAsync(server.Address, plan.Users, 1, cancellationToken);
        var channel = ChannelNames.Thread(population.Threads[0]);
        using var sockets = new SocketLoop();
        sockets.Open(server.EndPoint, [(population.Tokens[0], [])], TimeSpan.FromMinutes(1));
        sockets.Open(
            server.EndPoint,
            Enumerable.Range(0, plan.Subscribers).Select(i => (population.Tokens[i % plan.Users], new[] { channel })),
            TimeSpan.FromMinutes(5));
        publisher = new Sender(sockets.Connections[0], new MessageTemplate(population.Threads[0], plan.BodyBytes, 0));

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
        report.Add("delivered", delivered / elapsed.TotalSeconds, "deliveries/s");
        report.Add("broadcasts complete", completed / elapsed.TotalSeconds, "/s");
        report.Add("sent to the last subscriber", latencies);
        report.Add(use, delivered, "delivery");
        return report;
    }

    public void OnFrame(RawConnection connection, ReadOnlySpan<byte> payload)
    {
        if (connection == publisher.Connection)
        {
            OnAnswer(payload);
            return;
        }

        foreach (var v in memory.Versions(payload))
            OnDelivery(v);
    }

    private void OnAnswer(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        while (reader.TryRead(out var message))
        {
            if (message.Type.SequenceEqual("error"u8))
                throw new IOException($"The server refused a message: {Encoding.UTF8.GetString(message.Payload)}");
            if (message.Re is { } id && message.Op.SequenceEqual("ack"u8))
                OnAck(message.V!.Value, publisher.Acknowledged(id));
        }
    }

    private void OnAck(long v, long sentAt)
    {
        // It may come after everybody has heard; then there is nothing left to time.
        if (v > lastComplete)
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
        if (measuring && broadcast.SentAt is { } sentAt)
            latencies.Add(sentAt, Stopwatch.GetTimestamp());
        publisher.Send();
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
            loop.Poll(TimeSpan.FromMilliseconds(100), this);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private sealed class Broadcast
    {
        public long? SentAt { get; set; }

        public int Reached { get; set; }
    }
}
