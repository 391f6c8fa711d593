using System.Collections.Concurrent;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Realtime;

/// <summary>A client of a fake server, on a fake clock.</summary>
public abstract class RealtimeFixture : IAsyncLifetime
{
    private protected static readonly Guid Thread = Guid.Parse("0199f0aa-0000-7000-8000-00000000000a");

    private protected FakeTime Time { get; } = new();

    private protected FakeServer Server { get; private set; } = null!;

    private protected RealtimeClient Client { get; private set; } = null!;

    private protected List<string?> StaleTokens { get; } = [];

    private protected ConcurrentQueue<ConnectionStatus> Statuses { get; } = new();

    private protected static string Channel => ChannelNames.Thread(Thread);

    public async ValueTask InitializeAsync()
    {
        Server = await FakeServer.StartAsync();
        Use(new RealtimeOptions { Window = 8 });
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected void Use(RealtimeOptions options)
    {
        var tokens = 0;
        Client = new RealtimeClient(
            Server.Address,
            (stale, _) =>
            {
                if (stale is not null)
                    tokens++;
                StaleTokens.Add(stale);
                return ValueTask.FromResult($"token-{tokens}");
            },
            options with { TimeProvider = Time, Jitter = () => 0 });
        Client.StatusChanged += (_, status) => Statuses.Enqueue(status);
    }

    private protected async Task<FakeConnection> OnlineAsync()
    {
        Client.Start();
        var connection = await Server.WelcomeAsync();
        await Client.WhenOnlineAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private protected Task<WriteAck> Write(string body) => WriteAsync(body, CancellationToken.None);

    private protected Task<WriteAck> WriteAsync(string body, CancellationToken cancellationToken) =>
        Client.WriteAsync(
            Channel, Ops.Create, "message", new PostMessageRequest { Body = body }, ContractsJson.Lenient.PostMessageRequest,
            cancellationToken: cancellationToken);

    private protected async Task<FakeConnection> ReturnAsync(TimeSpan after)
    {
        await Time.WaitsForAsync(after).WaitAsync(TestContext.Current.CancellationToken);
        Time.Advance(after);
        return await Server.WelcomeAsync("s2");
    }
}
