using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Realtime;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

[Trait("spec", "RT-4")]
public sealed class TimerWheelTests : IDisposable
{
    private readonly FakeTime time = new();
    private readonly TimerWheel wheel;

    public TimerWheelTests() => wheel = new TimerWheel(time, NullLogger<TimerWheel>.Instance);

    public void Dispose() => wheel.Dispose();

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(-5.0, 1)]
    [InlineData(0.2, 1)]
    [InlineData(1.0, 1)]
    [InlineData(1.001, 2)]
    [InlineData(120.0, 120)]
    [InlineData(511.0, 511)]
    [InlineData(512.0, 512)]
    [InlineData(513.0, 513)]
    [InlineData(3_600.0, 3_600)]
    public void RL16_an_item_is_looked_at_once_when_its_time_has_come_rounded_up_to_a_second(double delay, int second)
    {
        var item = new Item(time, null);
        wheel.Add(item, TimeSpan.FromSeconds(delay));

        for (var i = 0; i < 4_000; i++)
            time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([second], item.Looked);
    }

    [Fact]
    public void RL16_an_item_is_never_looked_at_early_wherever_between_two_seconds_it_was_added()
    {
        time.Advance(TimeSpan.FromMilliseconds(700));
        var item = new Item(time, null);
        wheel.Add(item, TimeSpan.FromSeconds(3));

        time.Advance(TimeSpan.FromMilliseconds(2_900));
        Assert.Empty(item.Looked);
        time.Advance(TimeSpan.FromMilliseconds(400));

        Assert.Single(item.Looked);
    }

    [Fact]
    public void RL17_an_item_says_itself_when_it_wants_to_be_looked_at_again()
    {
        var answers = new Queue<TimeSpan?>([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(600), null]);
        var item = new Item(time, () => answers.Dequeue());
        wheel.Add(item, TimeSpan.FromSeconds(10));

        for (var i = 0; i < 2_000; i++)
            time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([10, 40, 640], item.Looked);
    }

    [Fact]
    public void RL17_a_thousand_items_share_one_timer()
    {
        var random = new Random(7);
        var items = Enumerable.Range(0, 1_000).Select(_ => (Item: new Item(time, null), Due: random.Next(1, 1_500))).ToArray();
        foreach (var (item, due) in items)
            wheel.Add(item, TimeSpan.FromSeconds(due));

        for (var i = 0; i < 1_500; i++)
            time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(items, pair => Assert.Equal([pair.Due], pair.Item.Looked));
    }

    private sealed class Item(FakeTime time, Func<TimeSpan?>? answer) : ITimed
    {
        private readonly DateTimeOffset start = time.GetUtcNow();

        public List<int> Looked { get; } = [];

        public TimeSpan? OnTime()
        {
            Looked.Add((int)(time.GetUtcNow() - start).TotalSeconds);
            return answer?.Invoke();
        }
    }
}
