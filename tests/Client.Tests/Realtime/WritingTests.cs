using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Tests.Realtime;

[Trait("spec", "RT-6")]
public sealed class WritingTests : RealtimeFixture
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("spec", "TH-2")]
    public async Task A_message_is_done_when_it_is_acknowledged()
    {
        var connection = await OnlineAsync();
        var id = Guid.CreateVersion7();

        var sending = Client.SendMessageAsync(Thread, new PostMessageRequest { Id = id, Body = "Grüße" }, Cancel);
        var write = await connection.ReceiveAsync();
        Assert.Equal((MessageTypes.Update, Channel, id.ToString()), (write.Type, write.Channel, write.Id));
        Assert.Equal("""{"op":"create","resource":"message","data":{"body":"Grüße"}}""", write.Payload.GetRawText());
        Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds(), write.Json.GetProperty("timestamp").GetInt64());

        var message = $$$"""{"id":"{{{id}}}","threadId":"{{{Thread}}}","authorId":null,"body":"Grüße","attachments":[],"version":9,"createdAt":"2026-11-21T08:00:00.000Z"}""";
        await connection.SendAsync($$$$"""{"type":"update","channel":"{{{{Channel}}}}","re":"{{{{id}}}}","v":9,"payload":{"op":"ack","resource":"message","resourceId":"{{{{id}}}}","data":{{{{message}}}}}}""");

        Assert.Equal((id, 9, "Grüße"), ((await sending).Id, (await sending).Version, (await sending).Body));
        Assert.Equal(0, Client.PendingWrites);
    }

    [Fact]
    public async Task What_is_written_offline_leaves_in_order_when_online()
    {
        var writes = Enumerable.Range(1, 20).Select(i => Write($"{i}")).ToArray();
        var connection = await OnlineAsync();

        for (var i = 1; i <= 20; i++)
        {
            var write = await connection.ReceiveAsync();
            Assert.Equal($"{i}", write.Body);
            await connection.AckAsync(write, i);
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), (await Task.WhenAll(writes)).Select(ack => ack.V));
    }

    [Fact]
    [Trait("spec", "RT-9")]
    public async Task Several_at_once_travel_in_one_frame()
    {
        var writes = Enumerable.Range(1, 8).Select(i => Write($"{i}")).ToArray();
        var connection = await OnlineAsync();

        for (var i = 1; i <= 8; i++)
        {
            var write = await connection.ReceiveAsync();
            Assert.Equal(8, write.InFrame);
            await connection.AckAsync(write, i);
        }

        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task No_more_than_the_window_is_on_its_way()
    {
        await Client.DisposeAsync();
        Use(new RealtimeOptions { Window = 2 });
        var connection = await OnlineAsync();
        var writes = Enumerable.Range(1, 4).Select(i => Write($"{i}")).ToArray();

        var first = await connection.ReceiveAsync();
        var second = await connection.ReceiveAsync();
        await connection.AckAsync(second, 1);
        var third = await connection.ReceiveAsync();

        Assert.Equal(["1", "2", "3"], [first.Body, second.Body, third.Body]);
        Assert.False(writes[0].IsCompleted);
        Assert.Equal(3, Client.PendingWrites);
    }

    [Fact]
    public async Task After_a_loss_what_was_not_acknowledged_is_sent_again_with_its_id()
    {
        var connection = await OnlineAsync();
        var writes = Enumerable.Range(1, 4).Select(i => Write($"{i}")).ToArray();
        var sent = new List<Received>();
        for (var i = 0; i < 4; i++)
            sent.Add(await connection.ReceiveAsync());
        await connection.AckAsync(sent[1], 2);
        await writes[1].WaitAsync(Cancel);
        connection.Cut();
        var late = Write("5");

        var second = await ReturnAsync(TimeSpan.FromSeconds(1));
        var again = new List<Received>();
        for (var i = 0; i < 4; i++)
        {
            again.Add(await second.ReceiveAsync());
            await second.AckAsync(again[i], i);
        }

        Assert.Equal(["1", "3", "4", "5"], again.Select(write => write.Body));
        Assert.Equal([sent[0].Id, sent[2].Id, sent[3].Id], again.Take(3).Select(write => write.Id));
        await Task.WhenAll([.. writes, late]);
    }

    [Fact]
    public async Task A_second_acknowledgement_changes_nothing()
    {
        var connection = await OnlineAsync();
        var first = Write("1");
        var sent = await connection.ReceiveAsync();
        await connection.AckAsync(sent, 1);
        await connection.AckAsync(sent, 99);
        var second = Write("2");
        await connection.AckAsync(await connection.ReceiveAsync(), 2);

        Assert.Equal((1, 2), ((await first).V, (await second).V));
    }

    [Fact]
    [Trait("spec", "GW-4")]
    public async Task A_rate_limit_is_waited_for_and_the_order_kept()
    {
        var connection = await OnlineAsync();
        var writes = Enumerable.Range(1, 3).Select(i => Write($"{i}")).ToArray();
        var first = await connection.ReceiveAsync();
        await connection.RefuseAsync(await connection.ReceiveAsync(), ProblemCodes.RateLimited, retryable: true, retryAfter: 7);
        await connection.RefuseAsync(await connection.ReceiveAsync(), ProblemCodes.RateLimited, retryable: true, retryAfter: 7);
        await connection.AckAsync(first, 1);
        await writes[0].WaitAsync(Cancel);

        await Time.WaitsForAsync(TimeSpan.FromSeconds(7)).WaitAsync(Cancel);
        Assert.False(writes[1].IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(7));

        for (var i = 2; i <= 3; i++)
        {
            var write = await connection.ReceiveAsync();
            Assert.Equal($"{i}", write.Body);
            await connection.AckAsync(write, i);
        }

        Assert.Equal(3, (await writes[2].WaitAsync(Cancel)).V);
    }

    [Fact]
    public async Task A_refused_write_fails_alone()
    {
        var connection = await OnlineAsync();
        var refused = Write("1");
        var good = Write("2");
        await connection.RefuseAsync(await connection.ReceiveAsync(), ProblemCodes.Forbidden, retryable: false);
        await connection.AckAsync(await connection.ReceiveAsync(), 1);

        Assert.Equal(1, (await good.WaitAsync(Cancel)).V);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => refused);
        Assert.Equal((ProblemCodes.Forbidden, "No."), (problem.Code, problem.Message));
    }

    [Fact]
    [Trait("spec", "GW-10")]
    public async Task A_message_over_the_limit_fails_before_it_is_sent()
    {
        var connection = await OnlineAsync();

        var large = Write(new string('x', 102_400));
        var small = Write("2");
        await connection.AckAsync(await connection.ReceiveAsync(), 1);

        await small.WaitAsync(Cancel);
        Assert.Equal(ProblemCodes.PayloadTooLarge, (await Assert.ThrowsAsync<ProblemException>(() => large)).Code);
    }

    [Fact]
    public async Task Who_stops_waiting_takes_back_what_was_not_sent()
    {
        using var impatient = new CancellationTokenSource();
        var taken = WriteAsync("never", impatient.Token);
        var kept = Write("kept");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);

        var connection = await OnlineAsync();
        var sent = await connection.ReceiveAsync();
        await connection.AckAsync(sent, 1);

        Assert.Equal("kept", sent.Body);
        await kept.WaitAsync(Cancel);
        await Client.DrainAsync(Cancel);
    }

    [Fact]
    public async Task A_signal_goes_now_or_never()
    {
        var typing = new SubscribedPayload(Ops.Typing, "", 0, 0);
        Assert.False(Client.Signal(Channel, typing, ContractsJson.Lenient.SubscribedPayload));

        var connection = await OnlineAsync();

        Assert.True(Client.Signal(Channel, typing, ContractsJson.Lenient.SubscribedPayload));
        Assert.Equal(Ops.Typing, (await connection.ReceiveAsync()).Payload.GetProperty("op").GetString());
    }
}
