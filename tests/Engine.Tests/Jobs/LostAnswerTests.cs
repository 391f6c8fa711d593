using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

/// <summary>Connections that are cut just before the database hears something, or just after, so that nobody knows whether it did.</summary>
[Trait("spec", "JB-4")]
public sealed class LostAnswerTests(TestDatabase database) : JobTest(database)
{
    private static readonly JobKind<Note> Kind = new("test.cut", new JobQueue("test") { Concurrency = 4, Prefetch = 16 });

    private CuttingProxy proxy = null!;
    private Database behind = null!;
    private HintBus behindHints = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var address = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString);
        proxy = new CuttingProxy(() => Path.IsPathRooted(address.Host)
            ? new UnixDomainSocketEndPoint(Path.Combine(address.Host, $".s.PGSQL.{address.Port}"))
            : new IPEndPoint(IPAddress.Loopback, address.Port));
        behind = TestDatabase.NodeOn(new NpgsqlConnectionStringBuilder(address.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable }.ConnectionString);
        behindHints = new HintBus(behind, Guid.CreateVersion7(), TimeProvider.System, NullLogger<HintBus>.Instance);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await behindHints.DisposeAsync();
        behind.Dispose();
        await proxy.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fault test 4: whoever put a job in cannot know whether it is there, asks again under the same key, and there is one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JB25_A_job_whose_commit_was_cut_off_is_put_in_again_under_its_unique_key_and_is_there_once(bool isHeard)
    {
        var client = new JobClient(behind, behindHints, TimeProvider.System);
        async Task<EnqueuedJob> PutAsync()
        {
            await using var work = await behind.BeginAsync(Scope.None, Cancelled);
            var job = await client.EnqueueAsync(work, Kind, new Note(1), Cancelled, new JobOptions { Unique = new UniqueKey("cut off") });
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
            return job;
        }

        // With the length of its message before it: READ COMMITTED is said as well.
        var cut = proxy.LoseAsync("\vCOMMIT", isHeard);
        await Assert.ThrowsAnyAsync<NpgsqlException>(PutAsync);
        await cut.WaitAsync(Soon, Cancelled);
        await Eventually.TrueAsync("the transaction is over", Soon, async () => await CountAsync("""
            select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'
            """) == 0);
        Assert.Equal(isHeard ? 1 : 0, (await StandingAsync()).Waiting);
        var again = await PutAsync();

        Assert.Equal(!isHeard, again.IsNew);
        Assert.Equal(again.Id, (await PutAsync()).Id);
        await ConservedAsync(1);
    }

    /// <summary>The worker lives on, so nobody would take from it what it does not know that it has.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JB27_What_a_worker_claimed_without_hearing_of_it_is_done_all_the_same(bool isHeard)
    {
        await PutAllAsync(Kind, Enumerable.Range(0, 10).Select(i => new Note(i)));
        var cut = proxy.LoseAsync("jobs.claim(", isHeard);
        await using var worker = new JobWorker(
            behind, behindHints, new JobClient(behind, behindHints, TimeProvider.System), [Does(Kind, (_, _, _) => Task.CompletedTask)], static (_, _) => { },
            new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = "cut off", Poll = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, NullLogger<JobWorker>.Instance);
        await worker.StartAsync(Cancelled);
        await cut.WaitAsync(Soon, Cancelled);

        await AllEndedAsync(10);

        Assert.Equal(10, (await ConservedAsync(10)).Done);
        // What was given back had not been tried.
        Assert.Equal(10, await CountAsync("select count(*) from jobs.done where attempt = 1"));
    }

    /// <summary>Said twice, it is done once.</summary>
    [Theory]
    [InlineData("jobs.finish(")]
    [InlineData("jobs.give_up(")]
    [InlineData("jobs.promote(")]
    public async Task JB27_What_became_of_a_job_is_said_again_when_its_answer_was_lost(string said)
    {
        var tries = 0;
        await PutAsync(Kind, new Note(1));
        var cut = proxy.LoseAsync(said, isHeard: true);
        await using var worker = new JobWorker(
            behind, behindHints, new JobClient(behind, behindHints, TimeProvider.System),
            [Does(Kind, (_, _, _) => Interlocked.Increment(ref tries) == 1 ? throw new JobPutOffException(TimeSpan.FromMilliseconds(1)) : Task.CompletedTask)], static (_, _) => { },
            new JobWorkerOptions { Node = Guid.CreateVersion7(), Name = "cut off", Poll = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, NullLogger<JobWorker>.Instance);
        await worker.StartAsync(Cancelled);
        await cut.WaitAsync(Soon, Cancelled);

        await AllEndedAsync(1);

        Assert.Equal(1, (await ConservedAsync(1)).Done);
        Assert.Equal(2, tries);
    }

    /// <summary>Fault test 7: no NOTIFY can be sent, as when its queue is full. Putting in does not need it, and what was put in is found.</summary>
    [Fact]
    public async Task JB18_Where_no_hint_can_be_sent_jobs_are_put_in_and_found_by_looking()
    {
        await SqlAsync("revoke execute on function pg_catalog.pg_notify(text, text) from public");
        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)]);

        await PutAllAsync(Kind, Enumerable.Range(0, 20).Select(i => new Note(i)));

        await AllEndedAsync(20);
        Assert.Equal(20, (await ConservedAsync(20)).Done);
        await SqlAsync("grant execute on function pg_catalog.pg_notify(text, text) to public");
    }
}
