using System.Diagnostics;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <summary>The same work as <see cref="MessagesLoad"/>, closed loop, through <c>Renexus.Client</c>: what programs built on it can expect.</summary>
internal sealed class SdkMessagesLoad(MessagesPlan plan)
{
    private readonly Latencies latencies = new();
    private readonly Lock gate = new();
    private long acknowledged;
    private long delivered;
    private volatile bool measuring;
    private volatile bool sending = true;

    public async Task<Report> RunAsync(TargetServer server, CancellationToken cancellationToken)
    {
        var population = server.Population;
        var clients = new List<RealtimeClient>();
        var lanes = new List<Task>();
        try
        {
            for (var i = 0; i < plan.Clients; i++)
            {
                var token = population.LoginOf(i).Token;
                var client = new RealtimeClient(server.Address, (_, _) => ValueTask.FromResult(token), new RealtimeOptions { Window = plan.Window });
                clients.Add(client);
                var subscription = client.Subscribe(ChannelNames.Thread(population.Threads[i % plan.Threads]), Count);
                client.Start();
                await subscription.Started.WaitAsync(cancellationToken);
            }

            for (var i = 0; i < plan.Clients * plan.Window; i++)
                lanes.Add(WriteAsync(clients[i % plan.Clients], ChannelNames.Thread(population.Threads[i % plan.Clients % plan.Threads])));
            await Task.Delay(plan.WarmUp, TimeProvider.System, cancellationToken);

            var cpu = server.Watch();
            var (ackedBefore, heardBefore) = (Volatile.Read(ref acknowledged), Volatile.Read(ref delivered));
            var start = Stopwatch.GetTimestamp();
            measuring = true;
            await Task.Delay(plan.Duration, TimeProvider.System, cancellationToken);
            measuring = false;
            var elapsed = Stopwatch.GetElapsedTime(start);
            var counted = Volatile.Read(ref acknowledged) - ackedBefore;
            var heard = Volatile.Read(ref delivered) - heardBefore;
            var use = cpu.Read();
            sending = false;
            await Task.WhenAll(lanes);

            var report = new Report($"Durable messages through Renexus.Client: {plan.Clients} clients, {plan.Threads} threads, {plan.BodyBytes} bytes, window {plan.Window}");
            report.Add("acknowledged after commit", counted / elapsed.TotalSeconds, "messages/s");
            report.Add("delivered", heard / elapsed.TotalSeconds, "deliveries/s");
            report.Add("latency", latencies);
            report.Add(use, counted, "message");
            report.Add("CPU generator per message", use.Generator.TotalMicroseconds / Math.Max(1, counted), "µs");
            return report;
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    private async Task WriteAsync(RealtimeClient client, string channel)
    {
        var message = new PostMessageRequest { Body = new string('x', plan.BodyBytes) };
        while (sending)
        {
            var start = Stopwatch.GetTimestamp();
            await client.WriteAsync(channel, Ops.Create, "message", message, ContractsJson.Lenient.PostMessageRequest);
            Interlocked.Increment(ref acknowledged);
            if (!measuring)
                continue;
            lock (gate)
                latencies.Add(start, Stopwatch.GetTimestamp());
        }
    }

    private void Count(ChannelEvent e)
    {
        if (e is ChannelUpdate)
            Interlocked.Increment(ref delivered);
    }
}
