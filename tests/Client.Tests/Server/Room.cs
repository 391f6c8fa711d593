using System.Collections.Concurrent;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Server;

/// <summary>A person with a client, in a workspace with one thread, behind a network that a test can cut.</summary>
internal sealed class Person(TestServer server, CuttingProxy network, RenexusClient client, User user, Guid threadId) : IAsyncDisposable
{
    private readonly ConcurrentQueue<ChannelEvent> heard = new();
    private readonly SemaphoreSlim arrived = new(0);

    public RenexusClient Client => client;

    public User User => user;

    public Guid ThreadId => threadId;

    public RealtimeClient Realtime { get; private set; } = null!;

    /// <summary>What came from the thread, in order.</summary>
    public IReadOnlyList<ChannelEvent> Heard => [.. heard];

    public IEnumerable<ChannelUpdate> Updates => heard.OfType<ChannelUpdate>();

    /// <summary>The first person of a server, with a workspace and a thread.</summary>
    public static async Task<Person> OwnerAsync(TestServer server, CuttingProxy network)
    {
        var (client, user) = await RegisterAsync(network, "ada");
        var workspace = await client.Workspaces.CreateAsync("Newsroom");
        var thread = await client.Threads.CreateAsync(workspace.Id, "Launch");
        return new Person(server, network, client, user, thread.Id);
    }

    /// <summary>Somebody else in the same thread.</summary>
    public async Task<Person> ColleagueAsync()
    {
        var (other, person) = await RegisterAsync(network, "bob");
        var workspaceId = (await client.Threads.GetAsync(threadId)).WorkspaceId;
        await client.Workspaces.AddMemberAsync(workspaceId, person.Email, Roles.Editor);
        return new Person(server, network, other, person, threadId);
    }

    /// <summary>Connects and listens to the thread from its beginning.</summary>
    public async Task ListenAsync(Func<RealtimeOptions, RealtimeOptions>? adjust = null)
    {
        var options = new RealtimeOptions { FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(200) };
        Realtime = client.CreateRealtime(adjust?.Invoke(options) ?? options);
        var subscription = Realtime.Subscribe(ChannelNames.Thread(threadId), Hear, new ChannelPosition(ChannelNames.Thread(threadId), 0));
        Realtime.Start();
        await subscription.Started.WaitAsync(TestContext.Current.CancellationToken);
    }

    public Task<Message> SayAsync(string body) => Realtime.SendMessageAsync(threadId, new PostMessageRequest { Body = body });

    /// <summary>Completes when so many messages have come from the thread.</summary>
    public async Task<IReadOnlyList<string>> HearAsync(int messages)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (Bodies().Count < messages)
            await arrived.WaitAsync(timeout.Token);
        return Bodies();
    }

    public async ValueTask DisposeAsync()
    {
        if (Realtime is not null)
            await Realtime.DisposeAsync();
        client.Dispose();
        arrived.Dispose();
    }

    private static async Task<(RenexusClient Client, User User)> RegisterAsync(CuttingProxy network, string name)
    {
        var client = new RenexusClient(new Uri($"http://127.0.0.1:{network.Port}"));
        return (client, await client.Accounts.RegisterAsync($"{name}-{Guid.CreateVersion7():n}@example.com", TestUser.Password, name));
    }

    private List<string> Bodies() =>
    [
        .. Updates.Where(update => update.Op == Ops.Create)
            .Select(update => update.ReadChange())
            .Where(change => change.Resource == "message")
            .Select(change => change.Data.GetProperty("body").GetString()!),
    ];

    private void Hear(ChannelEvent e)
    {
        heard.Enqueue(e);
        arrived.Release();
    }
}
