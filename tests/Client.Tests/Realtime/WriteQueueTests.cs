using Renexus.Client.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Realtime;

[Trait("spec", "RT-6")]
public sealed class WriteQueueTests : IDisposable
{
    private readonly FakeTime time = new();
    private readonly WriteQueue queue;
    private int woken;

    public WriteQueueTests() => queue = new WriteQueue(window: 3, limit: 100, time, () => woken++);

    public void Dispose() => queue.Dispose();

    [Fact]
    public void Writes_leave_in_the_order_they_were_made_up_to_the_window()
    {
        var made = Add(5);

        Assert.Equal(made[..3], TakeAll());
        queue.Answered(made[1]);
        Assert.Equal(made[3..4], TakeAll());
        queue.Answered(made[0]);
        queue.Answered(made[2]);
        Assert.Equal(made[4..], TakeAll());
    }

    [Fact]
    public void After_a_loss_every_unanswered_write_leaves_again_in_order()
    {
        var made = Add(5);
        TakeAll();
        queue.Answered(made[1]);

        queue.Rewind();

        Assert.Equal([made[0], made[2], made[3]], TakeAll());
    }

    [Fact]
    public void A_postponed_write_lets_no_later_one_pass()
    {
        var made = Add(5);
        TakeAll();

        queue.Postpone(made[1], TimeSpan.FromSeconds(10));
        queue.Postpone(made[2], TimeSpan.FromSeconds(10));
        queue.Answered(made[0]);
        Assert.Empty(TakeAll());

        woken = 0;
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, woken);

        // One at a time what had been sent by then: a refusal must not overtake. Then as ever.
        foreach (var id in made[1..3])
        {
            Assert.Equal([id], TakeAll());
            queue.Answered(id);
        }
        Assert.Equal(made[3..], TakeAll());
    }

    [Fact]
    public void After_a_postponement_all_answers_are_awaited_first()
    {
        var made = Add(3);
        TakeAll();
        queue.Postpone(made[0], TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(TakeAll());
        queue.Answered(made[1]);
        queue.Answered(made[2]);

        Assert.Equal(made[..1], TakeAll());
    }

    [Fact]
    public void A_late_answer_to_a_postponed_write_counts()
    {
        var made = Add(2);
        TakeAll();
        queue.Postpone(made[0], TimeSpan.FromSeconds(1));

        Assert.NotNull(queue.Answered(made[0]));
        queue.Answered(made[1]);

        Assert.Equal(0, queue.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(TakeAll());
    }

    [Fact]
    public void The_same_id_is_the_same_write()
    {
        var id = Guid.CreateVersion7();

        Assert.Same(queue.Add(id, [1]), queue.Add(id, [1]));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void Only_what_was_never_sent_can_be_taken_back()
    {
        var sent = queue.Add(Guid.CreateVersion7(), [1]);
        TakeAll();
        var waiting = queue.Add(Guid.CreateVersion7(), [1]);
        queue.Rewind();

        Assert.False(queue.Withdraw(sent));
        Assert.True(queue.Withdraw(waiting));
        Assert.Equal([sent.Id], TakeAll());
    }

    [Fact]
    public void A_full_queue_refuses_and_a_closed_one_fails_everything()
    {
        using var small = new WriteQueue(1, limit: 1, time, () => { });
        var write = small.Add(Guid.CreateVersion7(), [1]);
        Assert.Throws<InvalidOperationException>(() => small.Add(Guid.CreateVersion7(), [1]));

        small.Close(new RealtimeStoppedException(null, null));

        Assert.True(write.Answer.IsFaulted);
        Assert.Throws<RealtimeStoppedException>(() => small.Add(Guid.CreateVersion7(), [1]));
    }

    [Fact]
    public async Task Drained_is_when_the_last_answer_came()
    {
        Assert.True(queue.DrainAsync().IsCompleted);
        var made = Add(2);
        var drained = queue.DrainAsync();
        queue.Answered(made[0]);
        Assert.False(drained.IsCompleted);
        queue.Answered(made[1]);
        await drained;
    }

    private Guid[] Add(int count) => [.. Enumerable.Range(0, count).Select(_ => queue.Add(Guid.CreateVersion7(), [1]).Id)];

    private Guid[] TakeAll()
    {
        var taken = new List<Guid>();
        while (queue.TryTake(int.MaxValue, out var write))
            taken.Add(write.Id);
        return [.. taken];
    }
}
