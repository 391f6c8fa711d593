using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Renexus.Client;
using Renexus.Client.Offline;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Testing.Chaos;

/// <summary>
/// People with clients of every transport do what chance (a seed) has them do, online and offline, while connections are cut, clients are killed and the server
/// is killed. Afterwards: what each client holds, state and events folded, is what a fresh look finds, for every resource; every intent that was acknowledged or
/// queued was carried out, or stands as a visible record; none was carried out twice.
/// </summary>
public sealed class ModelRun : IAsyncDisposable
{
    private const int People = 3;
    private const int Steps = 12;
    private const string Password = "a long enough password";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] NoLimits =
    [
        "Renexus:Limits:MessagesPerMinute=0", "Renexus:Limits:WritesPerMinute=0", "Renexus:Limits:AuthenticationPerMinute=0",
        "Renexus:Limits:AnonymousPerMinute=0", "Renexus:Limits:ConnectionsPerUser=0",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("renexus-model-").FullName;
    private readonly ChaosServer server;
    private readonly CuttingProxy network;
    private readonly List<(RenexusClient Api, string Email)> people = [];
    private long proven = Stopwatch.GetTimestamp();

    public ModelRun()
    {
        server = new ChaosServer(Path.Combine(folder, "data"), NoLimits);
        network = new CuttingProxy(() => server.Port);
    }

    public async Task StartAsync()
    {
        await server.StartAsync();
        for (var i = 0; i < People; i++)
        {
            var api = new RenexusClient(server.Address);
            await api.Accounts.RegisterAsync($"m{i}@example.org", Password, $"Person {i}");
            people.Add((api, $"m{i}@example.org"));
        }
    }

    /// <summary>One run; throws with the seed when a promise is broken.</summary>
    /// <param name="kill">Whether the server is killed in its middle.</param>
    public async Task RunAsync(int seed, bool kill)
    {
        try
        {
            await TryRunAsync(seed, kill).WaitAsync(Patience, TimeProvider.System);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}{(kill ? " with a kill" : "")}: {e.Message}\n{string.Join('\n', server.Complaints.TakeLast(5))}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (api, _) in people)
            api.Dispose();
        await network.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task TryRunAsync(int seed, bool kill)
    {
        var random = new Random(seed);
        var owner = people[0].Api;
        var workspace = await owner.Workspaces.CreateAsync($"Run {seed}");
        foreach (var (_, email) in people.Skip(1))
            await owner.Workspaces.AddMemberAsync(workspace.Id, email, Roles.Editor);
        Guid[] threads = [(await owner.Threads.CreateAsync(workspace.Id, HeldThread.FirstTitle)).Id, (await owner.Threads.CreateAsync(workspace.Id, HeldThread.FirstTitle)).Id];
        var actors = people.Select((person, i) => new Actor(person.Api, network, threads, Path.Combine(folder, $"{seed}-{i}"), random.Next())).ToArray();
        try
        {
            foreach (var actor in actors)
                await actor.BeginAsync();
            var acting = Task.WhenAll(actors.Select(actor => actor.ActAsync(Steps)));
            if (kill)
            {
                await Task.WhenAny(acting, actors[0].HalfWay);
                await server.KillAsync();
                await server.StartAsync();
            }
            network.Cut(random, 0.5);
            await acting;
            foreach (var actor in actors)
                await actor.SettleAsync();
            foreach (var actor in actors)
                await actor.JudgeAsync();
            var seen = actors.SelectMany(actor => actor.Missing(actors)).ToArray();
            if (seen.Length > 0)
                throw new InvalidOperationException($"Queued or acknowledged and not carried out: {string.Join(", ", seen)}");
        }
        finally
        {
            foreach (var actor in actors)
                await actor.DisposeAsync();
        }
        // The next run's first sync is to find only its own. A proof of who one is, which that asks for, does not last a thousand runs.
        if (Stopwatch.GetElapsedTime(proven) > TimeSpan.FromMinutes(10))
        {
            await owner.Accounts.LogInAsync(people[0].Email, Password);
            proven = Stopwatch.GetTimestamp();
        }
        await owner.Workspaces.DeleteAsync(workspace.Id);
    }

    /// <summary>One person at one device.</summary>
    private sealed class Actor(RenexusClient api, CuttingProxy network, Guid[] threads, string folder, int seed) : IAsyncDisposable
    {
        private readonly Random random = new(seed);
        private readonly Dictionary<Guid, HeldThread> live = threads.ToDictionary(thread => thread, _ => new HeldThread());
        private readonly Dictionary<Guid, HeldThread> synced = threads.ToDictionary(thread => thread, _ => new HeldThread());
        private readonly ConcurrentDictionary<Guid, long> markers = new();
        private readonly ConcurrentDictionary<string, ChannelPosition> places = new(StringComparer.Ordinal);
        private readonly List<Task> writing = [];
        private readonly ConcurrentDictionary<string, Guid> intents = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, (Guid Thread, Guid Message)> deletions = new(StringComparer.Ordinal);
        private readonly ConcurrentBag<(Guid Id, Guid Thread, long Version)> mine = [];
        private readonly TaskCompletionSource halfWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private OfflineClient offline = null!;
        private RealtimeClient realtime = null!;
        private string? preferences;

        public Task HalfWay => halfWay.Task;

        public async Task BeginAsync()
        {
            offline = OfflineClient.Open(api, folder);
            await SyncAsync();
            foreach (var name in threads.Select(ChannelNames.Thread))
                places[name] = new ChannelPosition(name, 0);
            Connect();
            await realtime.WhenOnlineAsync();
        }

        public async Task ActAsync(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                await StepAsync(i);
                if (i == steps / 2)
                    halfWay.TrySetResult();
            }
        }

        /// <summary>The network is well again: everything queued goes out, everything that happened comes in.</summary>
        public async Task SettleAsync()
        {
            await Task.WhenAll(writing);
            await UntilAsync(async () =>
            {
                await SyncAsync();
                return offline.State.PendingOperations.Count == 0;
            }, "the outbox is empty");
        }

        public async Task JudgeAsync()
        {
            await UntilAsync(async () =>
            {
                await SyncAsync();
                return true;
            }, "a last sync");
            foreach (var thread in threads)
            {
                var info = await api.Threads.GetAsync(thread);
                var truth = HeldThread.Show(info.Title, (await api.Messages.ListAsync(thread, limit: 200)).Items.Select(message => (message.Id, message.Body)));
                await UntilAsync(() => Task.FromResult(live[thread].Last >= info.Head), $"{realtime.Transport} has {live[thread].Last} of {info.Head}");
                Same(truth, live[thread].ToString(), $"a fresh look and what {realtime.Transport} brought");
                Same(truth, synced[thread].ToString(), "a fresh look and what sync brought");
                if (live[thread].Twice is { Count: > 0 } twice)
                    throw new InvalidOperationException($"Carried out twice: {string.Join(", ", twice)}");
                if (markers.TryGetValue(thread, out var marker))
                    await UntilAsync(() => Task.FromResult(markers[thread] == info.ReadTo), $"the read marker is {info.ReadTo}, not {marker}");
            }
            var stored = (await PreferencesAsync()).GetRawText();
            await UntilAsync(() => Task.FromResult(string.Equals(preferences, stored, StringComparison.Ordinal)), $"preferences are {stored}, not {preferences}");
        }

        /// <summary>What was queued or acknowledged here and nobody saw, and is no record either.</summary>
        public IEnumerable<string> Missing(IEnumerable<Actor> all)
        {
            var records = offline.Unresolved.Select(record => record.Operation.Id).ToHashSet();
            var unseen = intents.Where(intent => !records.Contains(intent.Key) && !all.Any(actor => actor.live[intent.Value].Saw(intent.Key))).Select(intent => intent.Key);
            // What was deleted already is done, and nobody is told of it again.
            var undeleted = deletions.Where(deletion => !records.Contains(deletion.Key) && live[deletion.Value.Thread].Has(deletion.Value.Message))
                .Select(deletion => $"the deletion {deletion.Key}");
            return unseen.Concat(undeleted);
        }

        public async ValueTask DisposeAsync()
        {
            if (realtime is not null)
                await realtime.DisposeAsync();
            offline?.Dispose();
        }

        private async Task StepAsync(int step)
        {
            var thread = threads[random.Next(threads.Length)];
            switch (random.Next(12))
            {
                case < 3:
                    Write(thread, $"live {seed}/{step}");
                    break;
                case < 6:
                    intents[offline.Create("message", new { threadId = thread, body = $"offline {seed}/{step}" }).ToString()] = thread;
                    break;
                case 6 when mine.TryPeek(out var message):
                    intents[offline.Update("message", message.Id, new { body = $"offline edit {seed}/{step}" }, message.Version).ToString()] = message.Thread;
                    break;
                case 7 when mine.TryPeek(out var message):
                    deletions[offline.Delete("message", message.Id).ToString()] = (message.Thread, message.Id);
                    break;
                case 8:
                    offline.Update("preferences", null, new Dictionary<string, object> { [$"p{random.Next(3)}"] = step });
                    offline.Update("readMarker", thread, new { version = random.Next(6) });
                    break;
                case 9:
                    intents[offline.Update("thread", thread, new { title = $"Title {seed}/{step}" }).ToString()] = thread;
                    break;
                case 10:
                    network.Cut(random, 0.3);
                    break;
                default:
                    await KillAsync();
                    break;
            }
            // Now and then the outbox goes out; its answer may get lost on the way.
            if (random.Next(3) == 0)
                await SyncAsync();
        }

        private void Write(Guid thread, string body)
        {
            var id = Guid.CreateVersion7();
            intents[id.ToString()] = thread;
            writing.Add(SendAsync());

            async Task SendAsync()
            {
                try
                {
                    var message = await realtime.SendMessageAsync(thread, new PostMessageRequest { Id = id, Body = body });
                    mine.Add((message.Id, thread, message.Version));
                }
                catch (RealtimeStoppedException)
                {
                    // The client was killed before an answer came: only the outbox promises more.
                    intents.TryRemove(id.ToString(), out _);
                }
            }
        }

        /// <summary>The program ends at once and starts again with what is on its disk.</summary>
        private async Task KillAsync()
        {
            await realtime.DisposeAsync();
            offline.Dispose();
            offline = OfflineClient.Open(api, folder);
            Connect();
        }

        private void Connect()
        {
            Transport[] ways = [(Transport)random.Next(3)];
            realtime = new RealtimeClient(
                new Uri($"http://127.0.0.1:{network.Port}"),
                (_, cancellationToken) => api.GetAccessTokenAsync(cancellationToken),
                new RealtimeOptions { Transports = ways, Window = 4, FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(200) });
            foreach (var (name, place) in places.ToArray())
            {
                // What was applied is what would be on its disk, place and all.
                realtime.Subscribe(name, e => Take(name, e), place);
            }
            realtime.Start();
        }

        private void Take(string name, ChannelEvent e)
        {
            if (ChannelNames.TryParse(name, out var kind, out var id) && kind is "thread")
                live[id].On(e);
            else if (e is ChannelUpdate update && update.ReadChange() is var change)
                OnUser(change.Resource, change.ResourceId, change.Data);
            else if (e is ChannelSnapshot snapshot)
                preferences = snapshot.Read().State!.Value.GetProperty("preferences").GetRawText();
            places[name] = e switch
            {
                ChannelUpdate at => new ChannelPosition(name, at.V),
                ChannelSnapshot at => new ChannelPosition(name, at.V),
                ChannelSubscribed { Mode: SubscriptionModes.Live } at => new ChannelPosition(name, at.V),
                _ => places[name],
            };
        }

        private void OnUser(string resource, Guid id, JsonElement data)
        {
            if (resource is "preferences")
                preferences = data.GetRawText();
            else if (resource is "readMarker")
                markers[id] = data.GetProperty("version").GetInt64();
        }

        private Task<SyncRun> SyncAsync() => offline.SyncAsync((page, _) =>
        {
            foreach (var state in page.Channels ?? [])
            {
                Held(state.Channel)?.On(state);
                // Listening to what is the person's own begins where the first sync found it.
                if (state.Channel.StartsWith("user:", StringComparison.Ordinal) && places.TryAdd(state.Channel, new ChannelPosition(state.Channel, state.V, state.E)))
                    preferences = state.State.GetProperty("preferences").GetRawText();
            }
            foreach (var change in page.Changes)
                Held(change.Channel)?.On(change);
            return Task.CompletedTask;
        });

        private HeldThread? Held(string channel) =>
            ChannelNames.TryParse(channel, out var kind, out var id) && kind is "thread" ? synced.GetValueOrDefault(id) : null;

        private Task<JsonElement> PreferencesAsync() => api.Accounts.GetPreferencesAsync();

        private static void Same(string expected, string actual, string what)
        {
            if (!string.Equals(expected, actual, StringComparison.Ordinal))
                throw new InvalidOperationException($"{what} differ:\n{expected}\n---\n{actual}");
        }

        private static async Task UntilAsync(Func<Task<bool>> condition, string what)
        {
            var started = Stopwatch.GetTimestamp();
            while (!await condition())
            {
                if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
                    throw new TimeoutException($"Not within a minute: {what}.");
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        }
    }
}
