using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Jobs;

/// <summary>One binary, a process for each role, one database.</summary>
[Trait("spec", "DP-2")]
[Trait("spec", "JB-3")]
public sealed class RoleTests : IAsyncLifetime
{
    private readonly RoleServer web = new("web");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => web.InitializeAsync();

    public ValueTask DisposeAsync() => web.DisposeAsync();

    [Fact]
    public async Task What_the_web_puts_in_a_worker_does_and_a_scheduler_makes_what_recurs()
    {
        // 1. The web alone: the job waits, nothing recurs.
        var id = await PutAsync();
        Assert.Equal(0, await web.ScalarAsync<long>("select count(*) from jobs.worker"));
        Assert.Equal(0, await web.ScalarAsync<long>("select count(*) from jobs.schedule"));
        Assert.Equal("ready", await StateAsync(id));

        // 2. A worker does it, and answers nothing but how it is.
        await using var worker = new RoleServer(web, "worker");
        await worker.InitializeAsync();
        await Eventually.TrueAsync("the job is done", TimeSpan.FromSeconds(60), async () => await StateAsync(id) is "done");
        await worker.Anonymous.GetAsync("/health/live", Stop).ShouldBeAsync(HttpStatusCode.OK);
        await worker.Anonymous.GetAsync("/api/auth/sessions", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await worker.Anonymous.GetAsync("/", Stop).ShouldBeAsync(HttpStatusCode.NotFound);
        await web.Anonymous.GetAsync("/api/auth/sessions", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);

        // 3. A scheduler makes recurring jobs, and does none of them itself.
        await using var scheduler = new RoleServer(web, "scheduler");
        await scheduler.InitializeAsync();
        Assert.True(await web.ScalarAsync<long>("select count(*) from jobs.schedule") > 0);
        Assert.Equal(1, await web.ScalarAsync<long>("select count(*) from jobs.worker"));
    }

    private async Task<Guid> PutAsync()
    {
        await using var work = await web.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop);
        var job = await web.Services.GetRequiredService<JobClient>().EnqueueAsync(work, JobRetention.Kind, new NoPayload(), Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        return job.Id;
    }

    private async Task<string?> StateAsync(Guid id) => (await web.Services.GetRequiredService<JobClient>().FindAsync(id, Stop))?.State;

    private sealed class RoleServer : TestServer
    {
        private readonly string role;

        public RoleServer(string role) => this.role = role;

        public RoleServer(TestServer neighbour, string role) : base(neighbour, folderOfItsOwn: true) => this.role = role;

        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Roles", role)];
    }
}
