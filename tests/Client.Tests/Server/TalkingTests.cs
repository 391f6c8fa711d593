using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Server;

/// <summary>The real-time client against the server itself, over a network that breaks.</summary>
public sealed class TalkingTests : IClassFixture<TestServer>, IAsyncLifetime
{
    private readonly TestServer server;
    private readonly CuttingProxy network;
    private Person ada = null!;

    public TalkingTests(TestServer server)
    {
        this.server = server;
        network = new CuttingProxy(() => server.Address.Port);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ada = await Person.OwnerAsync(server, network);
        await ada.ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ada.DisposeAsync();
        await network.DisposeAsync();
    }

    [Fact]
    [Trait("spec", "TH-4")]
    public async Task Who_is_here_and_who_types_is_seen_also_after_the_network_broke()
    {
        await using var bob = await ada.ColleagueAsync();
        await bob.ListenAsync();
        var signals = System.Threading.Channels.Channel.CreateUnbounded<ChannelSignal>();
        await using var second = bob.Client.CreateRealtime(new RealtimeOptions { FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(200) });
        using var watching = second.Subscribe(
            ChannelNames.Thread(ada.ThreadId), e => _ = e is ChannelSignal signal && signals.Writer.TryWrite(signal), presence: true);
        second.Start();
        await NextAsync(IsBobHere);

        network.Cut(Random.Shared, share: 1.1);
        await NextAsync(IsBobHere);
        await ada.SayAsync("back");
        ada.Realtime.SayTyping(ada.ThreadId);

        var typing = await NextAsync(signal => signal.Op == Ops.Typing);
        Assert.Equal(ada.User.Id, typing.ReadTyping().UserId);

        // Whether the subscription or the connection's own presence was first.
        bool IsBobHere(ChannelSignal signal) =>
            signal.Op == Ops.Presence && signal.ReadPresence() is var seen && (seen.State ?? seen.Join ?? []).Any(one => one.UserId == bob.User.Id);

        async Task<ChannelSignal> NextAsync(Func<ChannelSignal, bool> isIt)
        {
            while (true)
            {
                var signal = await signals.Reader.ReadAsync(Cancel);
                if (isIt(signal))
                    return signal;
            }
        }
    }

    [Fact]
    [Trait("spec", "TH-2")]
    public async Task Two_talk_and_hear_the_same_in_the_same_order()
    {
        await using var bob = await ada.ColleagueAsync();
        await bob.ListenAsync();

        var said = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? ada : bob).SayAsync($"{i}")));

        Assert.Equal(50, said.Select(message => message.Id).Distinct().Count());
        Assert.Equal(await ada.HearAsync(50), await bob.HearAsync(50));
        Assert.Equal(said.OrderBy(message => message.Version).Select(message => message.Body), await ada.HearAsync(50));
        AssertComplete(ada);
        AssertComplete(bob);
    }

    [Fact]
    [Trait("spec", "RT-5")]
    public async Task After_a_cut_only_what_was_missed_comes_and_nothing_twice()
    {
        await using var bob = await ada.ColleagueAsync();
        await bob.ListenAsync();
        await ada.SayAsync("before");
        await bob.HearAsync(1);

        for (var i = 0; i < 5; i++)
        {
            network.Cut(Random.Shared, share: 1.1);
            await ada.SayAsync($"{i}");
        }

        Assert.Equal(["before", "0", "1", "2", "3", "4"], await bob.HearAsync(6));
        AssertComplete(bob);
        Assert.DoesNotContain(bob.Heard, e => e is ChannelSnapshot);
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task What_is_written_while_the_server_is_away_is_there_once_and_in_order_when_it_is_back()
    {
        await ada.SayAsync("before");
        await server.StopAsync();
        var replayed = Enumerable.Range(0, 40).Select(i => ada.SayAsync($"{i}")).ToArray();
        Assert.Equal(40, ada.Realtime.PendingWrites);

        await server.StartAsync();
        var messages = await Task.WhenAll(replayed).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(messages.OrderBy(message => message.Version).Select(message => message.Id), messages.Select(message => message.Id));
        Assert.Equal(["before", .. Enumerable.Range(0, 40).Select(i => $"{i}")], await ada.HearAsync(41));
        AssertComplete(ada);
        var kept = await ada.Client.Messages.ListAsync(ada.ThreadId, limit: 200, cancellationToken: Cancel);
        Assert.Equal(41, kept.Items.Count);
    }

    [Fact]
    [Trait("spec", "RT-6")]
    public async Task A_write_that_was_made_and_never_acknowledged_is_made_once()
    {
        var id = Guid.CreateVersion7();
        var first = await ada.Realtime.SendMessageAsync(ada.ThreadId, new PostMessageRequest { Id = id, Body = "once" }, Cancel);
        network.Cut(Random.Shared, share: 1.1);

        var again = await ada.Realtime.SendMessageAsync(ada.ThreadId, new PostMessageRequest { Id = id, Body = "once" }, Cancel);

        Assert.Equal((first.Id, first.Version), (again.Id, again.Version));
        Assert.Single((await ada.Client.Messages.ListAsync(ada.ThreadId, cancellationToken: Cancel)).Items);
    }

    [Fact]
    [Trait("spec", "AU-4")]
    public async Task Logging_out_stops_the_connection()
    {
        await ada.Client.Accounts.LogOutAsync(Cancel);

        await ada.Realtime.Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.Equal((ConnectionState.Stopped, CloseCodes.SessionEnded), (ada.Realtime.Status.State, ada.Realtime.Status.CloseCode));
    }

    [Fact]
    [Trait("spec", "RT-3")]
    public async Task The_sixth_connection_is_told_why_it_may_not_stay()
    {
        var others = new List<RealtimeClient>();
        try
        {
            for (var i = 2; i <= 6; i++)
            {
                others.Add(ada.Client.CreateRealtime());
                others[^1].Start();
                if (i <= 5)
                    await others[^1].WhenOnlineAsync(Cancel);
            }

            var refused = await Assert.ThrowsAsync<RealtimeStoppedException>(() => others[^1].WhenOnlineAsync(Cancel));

            Assert.Equal(CloseCodes.ConnectionLimit, refused.CloseCode);
            Assert.Contains("5 connections", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var other in others)
                await other.DisposeAsync();
        }
    }

    [Fact]
    [Trait("spec", "OR-1")]
    public async Task A_stranger_hears_that_there_is_no_such_thread()
    {
        await using var eve = await Person.OwnerAsync(server, network);
        await eve.ListenAsync();

        var subscription = eve.Realtime.Subscribe(ChannelNames.Thread(ada.ThreadId), _ => { });

        var problem = await Assert.ThrowsAsync<ProblemException>(() => subscription.Started.WaitAsync(Cancel));
        Assert.Contains(problem.Code, (string[])[ProblemCodes.NotFound, ProblemCodes.UnknownChannel]);
        await Assert.ThrowsAsync<ProblemException>(
            () => eve.Realtime.SendMessageAsync(ada.ThreadId, new PostMessageRequest { Body = "x" }, Cancel));
    }

    // Versions 1, 2, 3 … as RT-5 promises, whatever happened to the connection.
    private static void AssertComplete(Person person)
    {
        var versions = person.Updates.Select(update => update.V).ToArray();
        Assert.Equal(Enumerable.Range(1, versions.Length).Select(v => (long)v), versions);
    }
}
