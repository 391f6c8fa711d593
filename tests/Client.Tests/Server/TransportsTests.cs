using System.Net.WebSockets;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Server;

/// <summary>The same client over each transport, chosen by itself (RT-8), on a network that breaks.</summary>
[Trait("spec", "RT-8")]
public sealed class TransportsTests : IClassFixture<TestServer>, IAsyncLifetime
{
    private readonly TestServer server;
    private readonly CuttingProxy network;
    private Person ada = null!;

    public TransportsTests(TestServer server)
    {
        this.server = server;
        network = new CuttingProxy(() => server.Address.Port);
    }

    public async ValueTask InitializeAsync() => ada = await Person.OwnerAsync(server, network);

    public async ValueTask DisposeAsync()
    {
        await ada.DisposeAsync();
        await network.DisposeAsync();
    }

    [Theory]
    [InlineData(Transport.WebSocket)]
    [InlineData(Transport.Events)]
    [InlineData(Transport.Polling)]
    [Trait("spec", "RT-5")]
    public async Task Two_talk_over_cuts_and_hear_everything_once_and_in_order(Transport transport)
    {
        await ada.ListenAsync(options => With(options, [transport]));
        await using var bob = await ada.ColleagueAsync();
        await bob.ListenAsync(options => With(options, [transport]));
        var random = new Random(3);

        var said = new List<Task<Message>>();
        for (var i = 0; i < 30; i++)
        {
            said.Add((i % 2 == 0 ? ada : bob).SayAsync($"{i}"));
            if (i % 10 == 9)
                network.Cut(random, 0.7);
        }
        var messages = await Task.WhenAll(said);

        var expected = messages.OrderBy(message => message.Version).Select(message => message.Body).ToArray();
        Assert.Equal(30, messages.Select(message => message.Id).Distinct().Count());
        Assert.Equal(expected, await ada.HearAsync(30));
        Assert.Equal(expected, await bob.HearAsync(30));
        Assert.Equal(transport, ada.Realtime.Transport);
    }

    [Fact]
    public async Task Where_no_socket_opens_events_are_used_and_where_those_are_held_back_polling_and_back_to_the_best_when_it_opens()
    {
        var (socketsOpen, eventsOpen) = (false, true);
        using var http = new HttpClient(new Gatekeeper(() => eventsOpen) { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = new Uri($"http://127.0.0.1:{network.Port}") };
        await ada.ListenAsync(options => With(options, [Transport.WebSocket, Transport.Events, Transport.Polling]) with
        {
            Http = http,
            RetryBestAfter = TimeSpan.FromMilliseconds(300),
            ConnectAsync = (address, cancellationToken) => socketsOpen ? Sockets.OpenAsync(address, cancellationToken) : throw new WebSocketException("No sockets here."),
        });
        Assert.Equal(Transport.Events, ada.Realtime.Transport);
        await ada.SayAsync("by events");

        eventsOpen = false;
        network.Cut(new Random(1), 1);
        await ada.SayAsync("by polling");
        await Eventually.TrueAsync("it polls", TimeSpan.FromSeconds(60), () => Task.FromResult(ada.Realtime is { Transport: Transport.Polling, Status.State: ConnectionState.Online }));

        socketsOpen = true;
        await Eventually.TrueAsync("it is back on a socket", TimeSpan.FromSeconds(60), () => Task.FromResult(ada.Realtime is { Transport: Transport.WebSocket, Status.State: ConnectionState.Online }));
        await ada.SayAsync("by a socket");

        Assert.Equal(["by events", "by polling", "by a socket"], await ada.HearAsync(3));
    }

    [Theory]
    [InlineData(Transport.Events)]
    [InlineData(Transport.Polling)]
    public async Task Channels_come_and_go_while_it_listens(Transport transport)
    {
        await ada.ListenAsync(options => With(options, [transport]));
        var second = await ada.Client.Threads.CreateAsync((await ada.Client.Threads.GetAsync(ada.ThreadId)).WorkspaceId, "Second");
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        var subscription = ada.Realtime.Subscribe(ChannelNames.Thread(second.Id), e =>
        {
            if (e is ChannelUpdate update)
                heard.TrySetResult(update.ReadChange().Resource);
        });
        await subscription.Started.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await ada.Client.Messages.PostAsync(second.Id, new PostMessageRequest { Body = "there" });

        Assert.Equal("message", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        subscription.Dispose();
        var refused = ada.Realtime.Subscribe(ChannelNames.Thread(Guid.CreateVersion7()), _ => { });
        var problem = await Assert.ThrowsAsync<ProblemException>(() => refused.Started.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.UnknownChannel, problem.Code);
        await ada.SayAsync("still here");
        Assert.Equal(["still here"], await ada.HearAsync(1));
    }

    private static RealtimeOptions With(RealtimeOptions options, IReadOnlyList<Transport> transports) => options with { Transports = transports };

    /// <summary>A network that lets no event streams through.</summary>
    private sealed class Gatekeeper(Func<bool> isOpen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath is "/api/events" && !isOpen()
                ? throw new HttpRequestException("Held back.")
                : base.SendAsync(request, cancellationToken);
    }

    private static class Sockets
    {
        public static async Task<WebSocket> OpenAsync(Uri address, CancellationToken cancellationToken)
        {
            var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol(CloseCodes.Subprotocol);
            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
    }
}
