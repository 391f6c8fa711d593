using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>With Redis the nodes spend from the same buckets; without it each goes on by itself (GW-4).</summary>
[Trait("spec", "GW-4")]
public sealed class SharedLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_nodes_let_through_together_what_one_would()
    {
        await using var redis = await StartRedisAsync();
        await using var server = await StartAsync(redis);
        await using var neighbour = await server.StartNeighbourAsync();
        var ada = await server.SignedInAs("ada");
        using var there = neighbour.NewClient();
        there.DefaultRequestHeaders.Authorization = ada.Client.DefaultRequestHeaders.Authorization;

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 24; i++)
            statuses.Add(await RenameAsync(i % 2 == 0 ? ada.Client : there, $"Ada {i}"));

        // Twelve a minute; one more may have come back while the test ran.
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), 12, 14);
        await ada.Client.PatchAsJsonAsync("/api/me", new { name = "x" }, Stop).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, ProblemCodes.RateLimited);
    }

    [Fact]
    public async Task While_Redis_is_away_each_node_limits_alone_and_says_so()
    {
        await using var redis = await StartRedisAsync();
        await using var server = await StartAsync(redis);
        var ada = await server.SignedInAs("ada");
        Assert.Equal(HttpStatusCode.OK, await RenameAsync(ada.Client, "Ada 1"));

        await redis.KillAsync();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
            statuses.Add(await RenameAsync(ada.Client, $"Ada {i}"));

        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), 11, 13);
        Assert.All(statuses, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        await Eventually.TrueAsync("health tells that Redis is away", TimeSpan.FromSeconds(60), async () =>
        {
            var health = await server.Anonymous.GetFromJsonAsync<ServerHealth>("/health", ContractsJson.Lenient.Options, Stop);
            return health is { Status: "degraded", Checks: { } checks } && checks["redis"].Status == "degraded";
        });
    }

    private static async Task<HttpStatusCode> RenameAsync(HttpClient client, string name)
    {
        using var response = await client.PatchAsJsonAsync("/api/me", new { name }, Stop);
        return response.StatusCode;
    }

    private static async Task<RedisServer> StartRedisAsync()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "There is no redis-server on this machine.");
        return await RedisServer.StartAsync();
    }

    private static async Task<Server> StartAsync(RedisServer redis)
    {
        var server = new Server(redis);
        await server.InitializeAsync();
        return server;
    }

    private sealed class Server(RedisServer redis) : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:Limits:WritesPerMinute", "12"),
            new("Renexus:Redis:ConnectionString", redis.ConnectionString),
        ];
    }
}
