using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Tests.Realtime;

[Trait("spec", "RT-5")]
public sealed class SubscribingTests : RealtimeFixture
{
    private readonly System.Threading.Channels.Channel<ChannelEvent> events = System.Threading.Channels.Channel.CreateUnbounded<ChannelEvent>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Updates_in_order_are_applied_and_old_ones_ignored()
    {
        var (connection, subscription) = await SubscribedAsync(at: 5);

        foreach (var v in (int[])[6, 6, 5, 7, 6, 1, 8])
            await connection.UpdateAsync(Channel, v);

        Assert.Equal([6, 7, 8], await VersionsAsync(3));
        Assert.Equal(new ChannelPosition(Channel, 8, "e1"), subscription.Position);
    }

    [Fact]
    public async Task A_gap_asks_once_again_from_the_last_one()
    {
        var (connection, _) = await SubscribedAsync(at: 5);

        foreach (var v in (int[])[6, 8, 9])
            await connection.UpdateAsync(Channel, v);
        var question = await connection.ReceiveAsync();
        Assert.Equal((MessageTypes.Subscribe, Channel), (question.Type, question.Channel));
        Assert.Equal("""{"v":6,"e":"e1"}""", question.Payload.GetRawText());

        await connection.UpdateAsync(Channel, 10);
        await connection.SubscribedAsync(Channel, "delta", 6, 10);
        foreach (var v in (int[])[7, 8, 9, 10, 11])
            await connection.UpdateAsync(Channel, v);

        Assert.Equal([6], await VersionsAsync(1));
        Assert.Equal(SubscriptionModes.Delta, Assert.IsType<ChannelSubscribed>(await NextAsync()).Mode);
        Assert.Equal([7, 8, 9, 10, 11], await VersionsAsync(5));
    }

    [Fact]
    [Trait("spec", "RT-9")]
    public async Task Updates_may_share_a_frame()
    {
        var (connection, _) = await SubscribedAsync(at: 0);

        await connection.SendAsync($"[{string.Join(',', Enumerable.Range(1, 50).Select(v => FakeConnection.Update(Channel, v)))}]");

        Assert.Equal(Enumerable.Range(1, 50).Select(v => (long)v), await VersionsAsync(50));
    }

    [Fact]
    public async Task A_reconnect_goes_on_from_the_last_version()
    {
        var (connection, _) = await SubscribedAsync(at: 5);
        await connection.UpdateAsync(Channel, 6);
        await VersionsAsync(1);
        connection.Cut();

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));
        Assert.Equal($$"""[{"channel":"{{Channel}}","v":6,"e":"e1"}]""", second.Hello.Payload.GetProperty("channels").GetRawText());
        await second.SubscribedAsync(Channel, "delta", 6, 8);
        await second.UpdateAsync(Channel, 7);
        await second.UpdateAsync(Channel, 8);

        Assert.IsType<ChannelSubscribed>(await NextAsync());
        Assert.Equal([7, 8], await VersionsAsync(2));
    }

    [Fact]
    public async Task Too_much_missed_is_announced_as_a_new_state()
    {
        var (connection, subscription) = await SubscribedAsync(at: 5);
        connection.Cut();

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));
        await second.SubscribedAsync(Channel, "snapshot", 5, 900, epoch: "e2");
        await second.SendAsync($$$$"""{"type":"update","channel":"{{{{Channel}}}}","v":900,"e":"e2","payload":{"op":"snapshot","state":{"title":"x"}}}""");
        await second.UpdateAsync(Channel, 901, "e2");

        Assert.Equal(SubscriptionModes.Snapshot, Assert.IsType<ChannelSubscribed>(await NextAsync()).Mode);
        var snapshot = Assert.IsType<ChannelSnapshot>(await NextAsync());
        Assert.Equal((900, "x"), (snapshot.V, snapshot.Read().State!.Value.GetProperty("title").GetString()));
        Assert.Equal([901], await VersionsAsync(1));
        Assert.Equal("e2", subscription.Position.E);
    }

    [Fact]
    public async Task A_loss_before_the_new_state_arrived_asks_for_it_again()
    {
        var (connection, _) = await SubscribedAsync(at: 5);
        connection.Cut();
        var second = await ReturnAsync(TimeSpan.FromSeconds(1));
        await second.SubscribedAsync(Channel, "snapshot", 5, 900, epoch: "e2");
        Assert.IsType<ChannelSubscribed>(await NextAsync());
        second.Cut();

        var third = await ReturnAsync(TimeSpan.FromSeconds(1));

        Assert.Equal($$"""[{"channel":"{{Channel}}","v":5,"e":"e1"}]""", third.Hello.Payload.GetProperty("channels").GetRawText());
    }

    [Fact]
    public async Task The_first_change_of_a_channel_gives_it_its_epoch_and_another_one_asks_again()
    {
        var connection = await OnlineAsync();
        var subscription = Client.Subscribe(Channel, e => events.Writer.TryWrite(e));
        await connection.ReceiveAsync();
        await connection.SubscribedAsync(Channel, "live", 0, 0, epoch: "0");
        Assert.IsType<ChannelSubscribed>(await NextAsync());

        await connection.UpdateAsync(Channel, 1, "e1");
        Assert.Equal([1], await VersionsAsync(1));
        Assert.Equal("e1", subscription.Position.E);

        await connection.UpdateAsync(Channel, 2, "e2");
        Assert.Equal("""{"v":1,"e":"e1"}""", (await connection.ReceiveAsync()).Payload.GetRawText());
    }

    [Fact]
    public async Task What_passes_by_has_no_place_in_the_order()
    {
        var (connection, subscription) = await SubscribedAsync(at: 5);

        await connection.SendAsync($$$"""{"type":"update","channel":"{{{Channel}}}","payload":{"op":"typing","user":"u"}}""");

        Assert.Equal(Ops.Typing, Assert.IsType<ChannelSignal>(await NextAsync()).Op);
        Assert.Equal(5, subscription.Position.V);
    }

    [Fact]
    public async Task A_refusal_is_told_and_final()
    {
        var connection = await OnlineAsync();
        var subscription = Client.Subscribe(Channel, e => events.Writer.TryWrite(e));
        await connection.RefuseAsync(await connection.ReceiveAsync(), ProblemCodes.NotFound, retryable: false);

        Assert.Equal(ProblemCodes.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => subscription.Started)).Code);
        Assert.IsType<ChannelRefused>(await NextAsync());
    }

    [Fact]
    public async Task A_refusal_for_now_is_followed_by_another_question()
    {
        var connection = await OnlineAsync();
        var subscription = Client.Subscribe(Channel, _ => { });
        await connection.RefuseAsync(await connection.ReceiveAsync(), ProblemCodes.Unavailable, retryable: true, retryAfter: 3);
        await Time.WaitsForAsync(TimeSpan.FromSeconds(3)).WaitAsync(Cancel);
        Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(Channel, (await connection.ReceiveAsync()).Channel);
        await connection.SubscribedAsync(Channel, "live", 0, 4);

        Assert.Equal(4, (await subscription.Started.WaitAsync(Cancel)).V);
    }

    [Fact]
    public async Task A_stream_listens_as_long_as_it_is_read()
    {
        var connection = await OnlineAsync();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var e in Client.ListenAsync(Channel, cancellationToken: Cancel))
                {
                    if (e is ChannelUpdate update)
                        return update.ReadChange().Data.GetProperty("body").GetString();
                }

                return null;
            },
            Cancel);
        await connection.ReceiveAsync();
        await connection.SubscribedAsync(Channel, "live", 0, 0);
        await connection.UpdateAsync(Channel, 1);

        Assert.Equal("1", await reading);
        Assert.Equal(MessageTypes.Unsubscribe, (await connection.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task Every_channel_is_asked_for_however_many_there_are()
    {
        var names = Enumerable.Range(0, 1200).Select(_ => ChannelNames.Thread(Guid.CreateVersion7())).ToHashSet();
        foreach (var name in names)
            Client.Subscribe(name, _ => { });

        var connection = await OnlineAsync();

        names.ExceptWith(connection.Hello.Payload.GetProperty("channels").EnumerateArray().Select(c => c.GetProperty("channel").GetString()!));
        Assert.Equal(700, names.Count);
        while (names.Count > 0)
            Assert.True(names.Remove((await connection.ReceiveAsync()).Channel));
    }

    [Fact]
    public async Task An_exception_in_a_handler_stops_the_client_and_comes_out()
    {
        var connection = await OnlineAsync();
        Client.Subscribe(Channel, _ => throw new InvalidDataException("mine"));
        await connection.ReceiveAsync();
        await connection.SubscribedAsync(Channel, "live", 0, 0);

        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidDataException>(() => Client.Completion.WaitAsync(Cancel))).Message);
        Assert.Equal(ConnectionState.Stopped, Client.Status.State);
    }

    [Fact]
    public async Task One_channel_has_one_subscription_at_a_time()
    {
        var (connection, subscription) = await SubscribedAsync(at: 5);
        Assert.Throws<InvalidOperationException>(() => Client.Subscribe(Channel, _ => { }));

        subscription.Dispose();
        Client.Subscribe(Channel, _ => { });

        Assert.Equal(MessageTypes.Unsubscribe, (await connection.ReceiveAsync()).Type);
        Assert.Equal(MessageTypes.Subscribe, (await connection.ReceiveAsync()).Type);
    }

    private async Task<(FakeConnection Connection, Subscription Subscription)> SubscribedAsync(long at)
    {
        var connection = await OnlineAsync();
        var subscription = Client.Subscribe(Channel, e => events.Writer.TryWrite(e));
        await connection.ReceiveAsync();
        await connection.SubscribedAsync(Channel, "live", at, at);
        await subscription.Started.WaitAsync(Cancel);
        Assert.IsType<ChannelSubscribed>(await NextAsync());
        return (connection, subscription);
    }

    private async Task<ChannelEvent> NextAsync() => await events.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);

    private async Task<IReadOnlyList<long>> VersionsAsync(int count)
    {
        var versions = new long[count];
        for (var i = 0; i < count; i++)
            versions[i] = Assert.IsType<ChannelUpdate>(await NextAsync()).V;
        return versions;
    }
}
