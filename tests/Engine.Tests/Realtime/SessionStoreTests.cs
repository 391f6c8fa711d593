using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Realtime;

[Trait("spec", "RT-3")]
public sealed class SessionStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const short UserKind = 1;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Guid User { get; } = Guid.CreateVersion7();

    [Fact]
    public async Task RL11_five_connections_of_a_person_are_open_at_most_and_a_closed_one_makes_room()
    {
        await using var node = await Member.StartAsync(database, new FakeTime());
        var open = new List<OpenedSession>();
        for (var i = 0; i < 5; i++)
            open.Add(await node.OpenAsync(User, connection: i));
        Assert.All(open, session => Assert.True(session.IsGranted));

        var sixth = await node.OpenAsync(User, connection: 5);
        var somebodyElse = await node.OpenAsync(Guid.CreateVersion7(), connection: 6);
        await node.Sessions.CloseAsync(open[2].Session, connection: 2);
        var next = await node.OpenAsync(User, connection: 7);

        Assert.False(sixth.IsGranted);
        Assert.True(somebodyElse.IsGranted);
        Assert.True(next.IsGranted);
        Assert.False((await node.OpenAsync(User, connection: 8)).IsGranted);
    }

    [Fact]
    public async Task RL11_a_limit_of_zero_means_none()
    {
        await using var node = await Member.StartAsync(database, new FakeTime(), limit: 0);

        for (var i = 0; i < 12; i++)
            Assert.True((await node.OpenAsync(User, connection: i)).IsGranted);
    }

    [Fact]
    public async Task RL11_connections_that_open_at_once_on_two_nodes_never_exceed_the_limit()
    {
        var time = new FakeTime();
        await using var one = await Member.StartAsync(database, time);
        await using var other = await Member.StartAsync(database, time);
        var people = Enumerable.Range(0, 8).Select(_ => Guid.CreateVersion7()).ToArray();

        var attempts = people.SelectMany(person => Enumerable.Range(0, 12), (person, i) => (Person: person, Connection: i)).ToArray();
        new Random(1).Shuffle(attempts);
        var opened = await Task.WhenAll(attempts.Select(attempt => Task.Run(async () =>
            (attempt.Person, Session: await (attempt.Connection % 2 == 0 ? one : other).OpenAsync(attempt.Person, attempt.Connection)))));

        Assert.All(people, person => Assert.Equal(5, opened.Count(o => o.Person == person && o.Session.IsGranted)));
    }

    [Fact]
    public async Task RL12_coming_back_replaces_the_old_connection_and_does_not_count_it()
    {
        var time = new FakeTime();
        await using var one = await Member.StartAsync(database, time);
        await using var other = await Member.StartAsync(database, time);
        var first = await one.OpenAsync(User, connection: 1);
        for (var i = 2; i <= 5; i++)
            await one.OpenAsync(User, connection: i);

        var back = await other.OpenAsync(User, connection: 6, resume: first.Session);

        Assert.True(back.IsGranted && back.IsResumed);
        Assert.Equal((first.Session, one.Id, 1L), (back.Session, back.PreviousNode!.Value, back.PreviousConnection!.Value));
        // The old connection, which ends now, does not take the session with it.
        await one.Sessions.CloseAsync(first.Session, connection: 1);
        Assert.False((await one.OpenAsync(User, connection: 7)).IsGranted);
    }

    [Fact]
    public async Task RL12_an_opening_that_is_repeated_does_not_replace_itself()
    {
        await using var node = await Member.StartAsync(database, new FakeTime());
        var first = await node.OpenAsync(User, connection: 1);
        await node.Sessions.CloseAsync(first.Session, connection: 1);
        var request = new OpenSession(Guid.CreateVersion7(), User, first.Session, 2);

        // The answer to the first call was lost with its connection to the database.
        await node.Sessions.OpenAsync(request);
        var again = await node.Sessions.OpenAsync(request);

        Assert.True(again.IsResumed);
        Assert.Null(again.PreviousNode);
        Assert.Null(again.PreviousConnection);
    }

    [Fact]
    public async Task RL12_nobody_comes_back_to_the_session_of_somebody_else()
    {
        await using var node = await Member.StartAsync(database, new FakeTime());
        var theirs = await node.OpenAsync(Guid.CreateVersion7(), connection: 1);

        var mine = await node.OpenAsync(User, connection: 2, resume: theirs.Session);

        Assert.True(mine.IsGranted);
        Assert.False(mine.IsResumed);
        Assert.NotEqual(theirs.Session, mine.Session);
        Assert.Null(mine.PreviousConnection);
    }

    [Theory, Trait("spec", "RT-5")]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(300, false)]
    [InlineData(301, false)]
    public async Task RL13_a_session_waits_300_seconds_to_be_resumed(int seconds, bool isResumed)
    {
        var time = new FakeTime();
        await using var node = await Member.StartAsync(database, time);
        var first = await node.OpenAsync(User, connection: 1);
        await node.Sessions.CloseAsync(first.Session, connection: 1);

        time.Advance(TimeSpan.FromSeconds(seconds));
        var back = await node.OpenAsync(User, connection: 2, resume: first.Session);

        Assert.Equal(isResumed, back.IsResumed);
        Assert.Equal(isResumed, back.Session == first.Session);
    }

    [Fact]
    public async Task RL13_a_session_tells_where_its_persons_own_channel_stands()
    {
        await using var node = await Member.StartAsync(database, new FakeTime());
        var before = (await node.OpenAsync(User, connection: 1)).UserPosition;

        var change = await node.Cluster.SayAsync(new ChannelId(UserKind, User), times: 3);

        Assert.Equal(new Position(0, change.Epoch), before);
        Assert.Equal(new Position(3, change.Epoch), (await node.OpenAsync(User, connection: 2)).UserPosition);
    }

    [Theory]
    [InlineData(14.999, false)]
    [InlineData(15, true)]
    public async Task RL14_the_connections_of_a_killed_node_are_free_after_15_seconds(double seconds, bool isFree)
    {
        // The killed one's clock stands still: it says no more that it lives.
        await using var killed = await Member.StartAsync(database, new FakeTime());
        var time = new FakeTime();
        await using var node = await Member.StartAsync(database, time);
        for (var i = 0; i < 5; i++)
            await killed.OpenAsync(User, connection: i);

        time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isFree, (await node.OpenAsync(User, connection: 9)).IsGranted);
    }

    [Fact]
    public async Task RL14_a_session_of_a_killed_node_is_resumed_within_300_seconds_from_its_last_sign_of_life()
    {
        await using var killed = await Member.StartAsync(database, new FakeTime());
        var time = new FakeTime();
        await using var node = await Member.StartAsync(database, time);
        var (first, second) = (await killed.OpenAsync(User, connection: 1), await killed.OpenAsync(User, connection: 2));

        time.Advance(TimeSpan.FromSeconds(299));
        Assert.True((await node.OpenAsync(User, connection: 3, resume: first.Session)).IsResumed);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await node.OpenAsync(User, connection: 4, resume: second.Session)).IsResumed);
    }

    [Fact]
    public async Task RL14_the_connections_of_a_killed_node_are_free_as_soon_as_it_starts_again()
    {
        var time = new FakeTime();
        await using var killed = await Member.StartAsync(database, time);
        await using var other = await Member.StartAsync(database, time);
        for (var i = 0; i < 5; i++)
            await killed.OpenAsync(User, connection: i);
        Assert.False((await other.OpenAsync(User, connection: 8)).IsGranted);

        await using var restarted = await Member.StartAsync(database, time, id: killed.Id);

        for (var i = 10; i < 15; i++)
            Assert.True((await other.OpenAsync(User, connection: i)).IsGranted);
        Assert.False((await restarted.OpenAsync(User, connection: 20)).IsGranted);
    }

    [Fact]
    public async Task RL14_a_node_that_ends_in_order_frees_its_connections_and_its_sessions_wait()
    {
        var time = new FakeTime();
        var leaving = await Member.StartAsync(database, time);
        await using var other = await Member.StartAsync(database, time);
        var first = await leaving.OpenAsync(User, connection: 0);
        for (var i = 1; i < 5; i++)
            await leaving.OpenAsync(User, connection: i);

        await leaving.DisposeAsync();

        var back = await other.OpenAsync(User, connection: 9, resume: first.Session);
        Assert.True(back.IsGranted && back.IsResumed);
        Assert.Null(back.PreviousNode);
    }

    [Fact]
    public async Task RL15_a_node_says_every_3_seconds_that_it_lives_and_learns_whether_others_do()
    {
        await using var fresh = await FreshAsync();
        var time = new FakeTime();
        await using var node = await Member.StartAsync(fresh, time);
        await RenewAsync(time);
        Assert.False(node.Cluster.Hints.HasPeers);

        var theirs = new FakeTime(time.GetUtcNow());
        await using var other = await Member.StartAsync(fresh, theirs);
        await RenewAsync(time);
        Assert.True(node.Cluster.Hints.HasPeers);

        for (var i = 0; i < 5; i++)
            await RenewAsync(time);
        Assert.False(node.Cluster.Hints.HasPeers);
    }

    [Fact]
    public async Task RL15_what_dead_nodes_and_sessions_left_is_removed_by_whoever_lives()
    {
        await using var fresh = await FreshAsync();
        var time = new FakeTime();
        await using var dead = await Member.StartAsync(fresh, new FakeTime());
        await using var node = await Member.StartAsync(fresh, time);
        await dead.OpenAsync(User, connection: 1);
        var open = await node.OpenAsync(User, connection: 2);

        for (var i = 0; i < 100; i++)
            await RenewAsync(time);
        Assert.Equal(1L, await CountAsync(fresh, "select count(*) from engine.node"));
        Assert.Equal(2L, await CountAsync(fresh, "select count(*) from engine.session"));
        for (var i = 0; i < 10; i++)
            await RenewAsync(time);

        // The dead one's session has waited long enough; an open one stays however old it is.
        Assert.Equal(1L, await CountAsync(fresh, "select count(*) from engine.session"));
        Assert.True((await node.OpenAsync(User, connection: 3, resume: open.Session)).IsResumed);
    }

    private static async Task RenewAsync(FakeTime time)
    {
        await time.WaitsForAsync(TimeSpan.FromSeconds(3)).WaitAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(3));
        await time.WaitsForAsync(TimeSpan.FromSeconds(3)).WaitAsync(Cancelled);
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private static async Task<TestDatabase> FreshAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <summary>A node with its lease and its sessions.</summary>
    private sealed class Member : IAsyncDisposable
    {
        private readonly NodeLease lease;

        private Member(Node cluster, NodeOptions options, FakeTime time, int limit)
        {
            Cluster = cluster;
            lease = new NodeLease(cluster.Database, cluster.Hints, options, time, NullLogger<NodeLease>.Instance);
            Sessions = new SessionStore(cluster.Database, options, limit, UserKind, time, NullLogger<SessionStore>.Instance);
        }

        public Node Cluster { get; }

        public SessionStore Sessions { get; }

        public Guid Id => lease.Id;

        public static async Task<Member> StartAsync(TestDatabase database, FakeTime time, int limit = 5, Guid? id = null)
        {
            var options = new NodeOptions { Id = id ?? Guid.CreateVersion7(), Name = "test" };
            var member = new Member(await Node.StartAsync(database, time, hears: false), options, time, limit);
            await member.lease.StartAsync(Cancelled);
            return member;
        }

        public Task<OpenedSession> OpenAsync(Guid user, long connection, Guid? resume = null) =>
            Sessions.OpenAsync(new OpenSession(Guid.CreateVersion7(), user, resume, connection));

        public async ValueTask DisposeAsync()
        {
            await Sessions.DisposeAsync();
            await lease.DisposeAsync();
            await Cluster.DisposeAsync();
        }
    }
}
