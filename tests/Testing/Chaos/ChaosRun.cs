using System.Collections.Concurrent;
using System.Diagnostics;
using Renexus.Client;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Testing.Chaos;

/// <summary>
/// Many clients write and listen while servers, PostgreSQL and connections are killed. Afterwards: every acknowledged message is
/// there once at the place it was acknowledged at, nothing is there twice, the places of each thread are exactly 1…N, each
/// client's messages stand in the order it wrote them, and every client holds the same.
/// </summary>
public sealed class ChaosRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] NoLimits =
    [
        "Renexus:Limits:MessagesPerMinute=0", "Renexus:Limits:WritesPerMinute=0", "Renexus:Limits:AuthenticationPerMinute=0",
        "Renexus:Limits:AnonymousPerMinute=0", "Renexus:Limits:ConnectionsPerUser=0",
    ];

    private readonly ChaosPlan plan;
    private readonly Action<string> say;
    private readonly Random random;
    private readonly string folder = Directory.CreateTempSubdirectory("renexus-chaos-").FullName;
    private readonly List<ChaosServer> servers = [];
    private readonly List<CuttingProxy> proxies = [];
    private readonly List<Participant> participants = [];
    private readonly ConcurrentQueue<Sent> acknowledged = [];
    private PostgresCluster? cluster;
    private Guid[] threads = [];
    private int sent;

    public ChaosRun(ChaosPlan plan, Action<string> say) => (this.plan, this.say, random) = (plan, say, new Random(plan.Seed));

    /// <summary>Carries the plan out and answers everything that is wrong; nothing is the promise.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        say(plan.ToString());
        try
        {
            await StartServersAsync();
            await GatherAsync();
            var breaking = BreakAsync();
            await Task.WhenAll(participants.Select(WriteAsync)).WaitAsync(Patience, TimeProvider.System);
            await breaking;
            say($"{acknowledged.Count} acknowledged");
            return await JudgeAsync();
        }
        catch
        {
            foreach (var complaint in servers.SelectMany(server => server.Complaints).TakeLast(20))
                say(complaint);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var participant in participants)
            await participant.Realtime.DisposeAsync();
        foreach (var participant in participants)
            participant.Api.Dispose();
        foreach (var proxy in proxies)
            await proxy.DisposeAsync();
        foreach (var server in servers)
            await server.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartServersAsync()
    {
        string[] database = [];
        if (plan.Servers > 1)
        {
            cluster = await PostgresCluster.StartAsync(durable: true);
            database = [$"Renexus:Database:ConnectionString={await cluster.CreateDatabaseAsync()}"];
        }
        for (var i = 0; i < plan.Servers; i++)
        {
            var server = new ChaosServer(Path.Combine(folder, $"data{i}"), [.. NoLimits, .. database]);
            servers.Add(server);
            proxies.Add(new CuttingProxy(() => server.Port));
            await server.StartAsync();
        }
    }

    private async Task GatherAsync()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, plan.Users).Select(async i =>
        {
            var api = new RenexusClient(servers[i % servers.Count].Address);
            await api.Accounts.RegisterAsync($"p{i}@example.org", "a long enough password", $"Person {i}");
            return api;
        }));
        var owner = people[0];
        var workspace = await owner.Workspaces.CreateAsync("Chaos");
        for (var i = 1; i < people.Length; i++)
            await owner.Workspaces.AddMemberAsync(workspace.Id, $"p{i}@example.org", Roles.Editor);
        threads = new Guid[plan.Threads];
        for (var i = 0; i < threads.Length; i++)
            threads[i] = (await owner.Threads.CreateAsync(workspace.Id, $"Thread {i}")).Id;

        for (var i = 0; i < people.Length; i++)
        {
            var api = people[i];
            for (var c = 0; c < plan.ClientsPerUser; c++)
            {
                var mine = threads.OrderBy(_ => random.Next()).Take(2).ToArray();
                var proxy = proxies[(i + c) % proxies.Count];
                participants.Add(new Participant(participants.Count, api, ConnectThrough(proxy, api, plan.Transports[participants.Count % plan.Transports.Count]), mine));
            }
        }
        foreach (var participant in participants)
        {
            foreach (var thread in participant.Threads)
            {
                var listener = participant.Listeners[thread] = new Listener();
                var name = ChannelNames.Thread(thread);
                participant.Realtime.Subscribe(name, listener.On, new ChannelPosition(name, V: 0));
            }
            participant.Realtime.Start();
        }
        await Task.WhenAll(participants.Select(participant => participant.Realtime.WhenOnlineAsync()));
        say("everybody is online");
    }

    private RealtimeClient ConnectThrough(CuttingProxy proxy, RenexusClient api, Transport transport) => new(
        new Uri($"http://127.0.0.1:{proxy.Port}"),
        (_, cancellationToken) => api.GetAccessTokenAsync(cancellationToken),
        new RealtimeOptions { Transports = [transport], Window = plan.Window, FirstDelay = TimeSpan.FromMilliseconds(100), LongestDelay = TimeSpan.FromSeconds(1) });

    private async Task WriteAsync(Participant participant)
    {
        var mine = plan.Messages / (plan.Users * plan.ClientsPerUser);
        var own = new Random(plan.Seed + participant.Number);
        var under = new SemaphoreSlim(plan.Window);
        var writes = new List<Task>();
        for (var i = 0; i < mine; i++)
        {
            await under.WaitAsync();
            var thread = participant.Threads[own.Next(participant.Threads.Length)];
            var body = $"{participant.Number}/{i}";
            writes.Add(SendAsync(participant, thread, body, i, under));
        }
        await Task.WhenAll(writes);
    }

    private async Task SendAsync(Participant participant, Guid thread, string body, int order, SemaphoreSlim under)
    {
        try
        {
            var message = await participant.Realtime.SendMessageAsync(thread, new PostMessageRequest { Body = body });
            acknowledged.Enqueue(new Sent(participant.Number, order, message));
            Interlocked.Increment(ref sent);
        }
        finally
        {
            under.Release();
        }
    }

    /// <summary>Breaks something each time another share of the messages has been acknowledged, so that a run of any speed is broken all along.</summary>
    private async Task BreakAsync()
    {
        var kills = Enumerable.Repeat("server", plan.ServerKills).Concat(Enumerable.Repeat("postgres", plan.PostgresKills))
            .Concat(Enumerable.Repeat("interrupt", plan.Interrupts))
            .OrderBy(_ => random.Next()).ToArray();
        var strokes = kills.Length + 1;
        for (var i = 0; i < kills.Length; i++)
        {
            await UntilAsync(() => sent >= plan.Messages * (i + 0.5) / strokes);
            foreach (var proxy in proxies)
                proxy.Cut(random, plan.CutShare);
            await UntilAsync(() => sent >= plan.Messages * (i + 1.0) / strokes);
            if (kills[i] is "postgres")
                KillPostgres();
            else if (kills[i] is "interrupt")
                await InterruptAsync(servers[i % servers.Count]);
            else
                await KillServerAsync(servers[i % servers.Count]);
        }
    }

    private async Task KillServerAsync(ChaosServer server)
    {
        await server.KillAsync();
        say($"killed server {server.Port} at {sent}");
        await server.StartAsync();
    }

    private async Task InterruptAsync(ChaosServer server)
    {
        var exitCode = await server.InterruptAsync();
        say($"stopped server {server.Port} with Ctrl-C at {sent}: exit code {exitCode}");
        if (exitCode != 0)
            throw new InvalidOperationException($"The server ended with {exitCode}.");
        await server.StartAsync();
    }

    private void KillPostgres()
    {
        if (cluster is not null)
        {
            cluster.Kill();
        }
        else
        {
            var pidFile = Directory.EnumerateFiles(servers[0].DataDirectory, "postmaster.pid", SearchOption.AllDirectories).Single();
            using var postmaster = Process.GetProcessById(int.Parse(File.ReadLines(pidFile).First(), System.Globalization.CultureInfo.InvariantCulture));
            postmaster.Kill();
        }
        say($"killed PostgreSQL at {sent}");
    }

    private async Task<IReadOnlyList<string>> JudgeAsync()
    {
        var faults = new List<string>();
        foreach (var thread in threads)
            faults.AddRange(await JudgeAsync(thread));
        var repeated = acknowledged.GroupBy(a => a.Message.Id).Where(group => group.Count() > 1).Select(group => $"acknowledged twice: {group.Key}");
        return [.. faults, .. repeated];
    }

    private async Task<IReadOnlyList<string>> JudgeAsync(Guid thread)
    {
        var stored = await ReadAllAsync(thread);
        var faults = new List<string>();
        if (!stored.Select(message => message.Version).SequenceEqual(Enumerable.Range(1, stored.Count).Select(i => (long)i)))
            faults.Add($"{thread}: places are not 1…{stored.Count}");
        faults.AddRange(stored.GroupBy(message => message.Body).Where(group => group.Count() > 1).Select(group => $"{thread}: {group.Key} is there {group.Count()} times"));

        var byId = stored.ToDictionary(message => message.Id);
        foreach (var (client, order, message) in acknowledged.Where(a => a.Message.ThreadId == thread))
        {
            if (!byId.TryGetValue(message.Id, out var there) || there.Version != message.Version)
                faults.Add($"{thread}: {client}/{order} was acknowledged at {message.Version} and is {(there is null ? "not there" : $"at {there.Version}")}");
        }
        foreach (var client in stored.Select(message => message.Body.Split('/')).GroupBy(parts => parts[0]))
        {
            var orders = client.Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            if (!orders.SequenceEqual(orders.Order()))
                faults.Add($"{thread}: the messages of client {client.Key} are out of order");
        }

        var truth = stored.ToDictionary(message => message.Version, message => message.Id);
        foreach (var participant in participants)
        {
            if (!participant.Listeners.TryGetValue(thread, out var listener))
                continue;
            await UntilAsync(() => listener.Last >= stored.Count || listener.Faults.Count > 0, $"client {participant.Number} has {listener.Last} of {stored.Count} in {thread}");
            faults.AddRange(listener.Faults.Concat(listener.Differences(truth)).Select(fault => $"client {participant.Number}, {thread}: {fault}"));
        }
        return faults;
    }

    private async Task<IReadOnlyList<Message>> ReadAllAsync(Guid thread)
    {
        var all = new List<Message>();
        while (true)
        {
            var page = await participants[0].Api.Messages.ListAsync(thread, limit: 200, after: all.Count == 0 ? 0 : all[^1].Version);
            all.AddRange(page.Items);
            if (page.Next is null)
                return all;
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what = "progress")
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"No {what} within {Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private sealed record Sent(int Client, int Order, Message Message);

    private sealed record Participant(int Number, RenexusClient Api, RealtimeClient Realtime, Guid[] Threads)
    {
        public Dictionary<Guid, Listener> Listeners { get; } = [];
    }
}
