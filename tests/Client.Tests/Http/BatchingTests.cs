using System.Net;
using Renexus.Client.Http;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Client.Tests.Http;

/// <summary>Calls gathered into batches, against the server (GW-8).</summary>
[Trait("spec", "GW-8")]
public sealed class BatchingTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Calls_made_within_the_wait_go_together_and_each_gets_its_own_answer()
    {
        var (client, counter) = await StartAsync(new BatchingOptions { WaitTime = TimeSpan.FromMilliseconds(100) });
        using var held = client;
        counter.Requests = 0;

        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => client.Workspaces.CreateAsync($"W{i}")));
        var refused = Assert.ThrowsAsync<ProblemException>(() => client.Workspaces.GetAsync(Guid.CreateVersion7()));
        var found = client.Workspaces.GetAsync(made[3].Id);

        Assert.Equal("W3", (await found).Name);
        Assert.Equal(ProblemCodes.NotFound, (await refused).Code);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"W{i}"), made.Select(workspace => workspace.Name));
        Assert.InRange(counter.Requests, 2, 6);
    }

    [Theory]
    [InlineData(RetryStrategy.Immediate)]
    [InlineData(RetryStrategy.Exponential)]
    public async Task A_batch_whose_answer_is_lost_is_sent_again_and_nothing_is_done_twice(RetryStrategy strategy)
    {
        var (client, counter) = await StartAsync(new BatchingOptions { RetryStrategy = strategy, FirstDelay = TimeSpan.FromMilliseconds(5) });
        using var held = client;
        counter.LoseNext = 2;

        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => client.Workspaces.CreateAsync($"Once {i}")));

        var mine = new List<Workspace>();
        await foreach (var workspace in client.Workspaces.ListAllAsync())
            mine.Add(workspace);
        Assert.Equal(made.Select(w => w.Id).Order(), mine.Select(w => w.Id).Order());
    }

    [Fact]
    public async Task A_server_that_stays_away_is_given_up_after_the_attempts()
    {
        var (client, counter) = await StartAsync(new BatchingOptions { RetryStrategy = RetryStrategy.Immediate, Attempts = 3 });
        using var held = client;
        (counter.Requests, counter.LoseNext) = (0, 100);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Workspaces.CreateAsync("Never"));

        Assert.Equal(3, counter.Requests);
    }

    private async Task<(RenexusClient Client, Counter Counter)> StartAsync(BatchingOptions options)
    {
        var counter = new Counter { InnerHandler = new SocketsHttpHandler() };
        var client = new RenexusClient(new HttpClient(new BatchingHandler(options) { InnerHandler = counter }) { BaseAddress = server.Address });
        await client.Accounts.RegisterAsync($"ada-{Guid.CreateVersion7():n}@example.com", TestUser.Password, "ada");
        return (client, counter);
    }

    private sealed class Counter : DelegatingHandler
    {
        public int Requests { get; set; }

        public int LoseNext { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            if (LoseNext-- <= 0)
                return await base.SendAsync(request, cancellationToken);
            using var lost = await base.SendAsync(request, cancellationToken);
            throw new HttpRequestException("The answer was lost.");
        }
    }
}
