using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Postgres;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

[Trait("spec", "DB-6")]
public sealed class DatabaseMaintenanceTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_index_that_is_mostly_air_is_rebuilt_and_old_statistics_are_refreshed()
    {
        // Nobody else refreshes them meanwhile.
        await server.ScalarAsync<object>("alter table accounts.throttle set (autovacuum_enabled = off)");
        // Many entries, of which one in fifty stays, spread over all pages.
        await server.ScalarAsync<object>("""
            insert into accounts.throttle (key, failures, held_until, last_failure_at) select sha256(i::text::bytea), 1, now(), now() from generate_series(1, 300000) i
            """);
        await server.ScalarAsync<object>("delete from accounts.throttle where get_byte(key, 0) % 50 <> 0");
        await server.ScalarAsync<object>("vacuum accounts.throttle");
        var before = await server.ScalarAsync<long>("select pg_relation_size('accounts.throttle_pkey')");

        var result = await RunAsync();

        Assert.Contains("accounts.throttle", result.GetProperty("analyzed").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("accounts.throttle_pkey", result.GetProperty("rebuilt").EnumerateArray().Select(name => name.GetString()));
        Assert.True(await server.ScalarAsync<long>("select pg_relation_size('accounts.throttle_pkey')") < before / 5);
        Assert.NotEmpty(result.GetProperty("indexes").EnumerateArray());
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_index where not indisvalid"));
    }

    private async Task<JsonElement> RunAsync()
    {
        var jobs = server.Services.GetRequiredService<JobClient>();
        await using var work = await server.Database.Database.BeginAsync(Scope.None, Stop);
        var job = await jobs.EnqueueAsync(work, DatabaseMaintenance.Kind, new NoPayload(), Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        JobStatus? status = null;
        await Eventually.TrueAsync("it is over", TimeSpan.FromSeconds(60), async () => (status = await jobs.FindAsync(job.Id, Stop)) is { IsOver: true });
        Assert.Equal("done", status!.State);
        return JsonElement.Parse(status.Result!);
    }
}
