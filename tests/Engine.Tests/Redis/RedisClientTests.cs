using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Engine.Redis;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Redis;

/// <summary>Our client against a real Redis, over a network that breaks.</summary>
public sealed class RedisClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_of_many_callers_are_answered_each_with_its_own_reply()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server.ConnectionString);

        var replies = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => redis.SendAsync("ECHO", $"say {i} ä")));

        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"say {i} ä"), replies.Select(reply => reply.Text!));
    }

    [Fact]
    public async Task Large_and_binary_values_come_back_as_they_went()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server.ConnectionString);
        var value = new byte[3_000_000];
        new Random(1).NextBytes(value);

        await redis.SendAsync("SET", "big", value);

        Assert.Equal(value, (await redis.SendAsync("GET", "big")).Bytes);
        Assert.Equal(RedisKind.Null, (await redis.SendAsync("GET", "none")).Kind);
    }

    [Fact]
    public async Task What_Redis_refuses_fails_alone()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server.ConnectionString);
        await redis.SendAsync("SET", "text", "x");

        var (before, wrong, after) = (redis.SendAsync("GET", "text"), redis.SendAsync("LPUSH", "text", "y"), redis.SendAsync("GET", "text"));

        Assert.Equal("x", (await before).Text);
        Assert.StartsWith("WRONGTYPE", (await Assert.ThrowsAsync<RedisException>(() => wrong)).Message, StringComparison.Ordinal);
        Assert.Equal("x", (await after).Text);
    }

    [Fact]
    public async Task A_password_is_needed_where_there_is_one()
    {
        await using var server = await StartAsync("let me in");
        await using var redis = await ConnectAsync(server.ConnectionString);
        await using var stranger = new RedisClient(RedisAddress.Parse($"127.0.0.1:{server.Port},password=guess"), TimeProvider.System, NullLogger.Instance);

        Assert.Equal("PONG", (await redis.SendAsync("PING")).Text);
        await Eventually.TrueAsync("Redis turned the stranger away", Patience, () => stranger.LastFailure is { } why && why.StartsWith("WRONGPASS", StringComparison.Ordinal));
        Assert.False(stranger.IsConnected);
    }

    [Fact]
    public async Task A_database_of_its_own_is_selected()
    {
        await using var server = await StartAsync();
        await using var zero = await ConnectAsync(server.ConnectionString);
        await using var one = await ConnectAsync(server.ConnectionString + "/1");

        await one.SendAsync("SET", "here", "1");

        Assert.Equal(RedisKind.Null, (await zero.SendAsync("GET", "here")).Kind);
    }

    [Fact]
    public async Task While_Redis_is_away_commands_fail_at_once_and_when_it_is_back_they_work()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server.ConnectionString);

        await server.KillAsync();
        await Eventually.TrueAsync("the loss is noticed", Patience, () => !redis.IsConnected);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => redis.SendAsync("PING"));

        await server.StartAgainAsync();
        await Eventually.TrueAsync("it connects again", Patience, () => redis.IsConnected);
        Assert.Equal("PONG", (await redis.SendAsync("PING")).Text);
        Assert.Null(redis.LastFailure);
    }

    [Fact]
    public async Task A_cut_in_the_middle_fails_what_was_under_way_and_answers_nothing_wrongly()
    {
        await using var server = await StartAsync();
        await using var network = new CuttingProxy(() => server.Port);
        await using var redis = await ConnectAsync($"redis://127.0.0.1:{network.Port}");
        var random = new Random(7);

        for (var round = 0; round < 10; round++)
        {
            await Eventually.TrueAsync("it connects again", Patience, () => redis.IsConnected);
            var asked = Enumerable.Range(0, 500).Select(i => (Said: $"{round}/{i}", Reply: redis.SendAsync("ECHO", $"{round}/{i}"))).ToList();
            network.Cut(random, 1);
            foreach (var (said, reply) in asked)
            {
                try
                {
                    Assert.Equal(said, (await reply.WaitAsync(Patience, Stop)).Text);
                }
                catch (RedisUnavailableException)
                {
                    // It may or may not have run: that is what the exception says.
                }
            }
        }
    }

    private static async Task<RedisServer> StartAsync(string? password = null)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "There is no redis-server on this machine.");
        return await RedisServer.StartAsync(password);
    }

    private static async Task<RedisClient> ConnectAsync(string address)
    {
        var redis = new RedisClient(RedisAddress.Parse(address), TimeProvider.System, NullLogger.Instance);
        Assert.True(await redis.ConnectedAsync(Patience, Stop), redis.LastFailure);
        return redis;
    }
}
