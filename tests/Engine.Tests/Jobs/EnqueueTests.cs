using System.Collections.Concurrent;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-2")]
public sealed class EnqueueTests(TestDatabase database) : JobTest(database)
{
    private sealed record Outcome(int Twice, string Text);

    private static readonly JobQueue Queue = new("test") { Concurrency = 4, Prefetch = 16 };
    private static readonly JobKind<Note> Kind = new("test.note", Queue);

    [Fact]
    public async Task JB1_A_job_exists_when_its_transaction_commits_and_not_before_or_otherwise()
    {
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            await Client.EnqueueAsync(work, Kind, new Note(1), Cancelled);
            Assert.Equal(0, (await StandingAsync()).Waiting);
        }
        Assert.Equal(0, (await StandingAsync()).Waiting);

        await PutAsync(Kind, new Note(2));
        Assert.Equal(1, (await ConservedAsync(1)).Waiting);
    }

    [Fact]
    public async Task JB3_A_job_is_done_with_what_it_was_given_and_its_result_is_kept()
    {
        var job = await PutAsync(Kind, new Note(7, "größer \"quoted\""));
        await WorkAsync([Does(Kind, (note, context, _) =>
        {
            context.SetResult(new { twice = note.Number * 2, note.Text });
            return Task.CompletedTask;
        })]);

        await EndedAsync(job.Id);
        var status = await Client.FindAsync(job.Id, Cancelled);
        Assert.Equal(new Outcome(14, "größer \"quoted\""), System.Text.Json.JsonSerializer.Deserialize<Outcome>(status!.Result!, System.Text.Json.JsonSerializerOptions.Web));
        await ConservedAsync(1);
    }

    [Fact]
    public async Task JB6_Jobs_of_a_priority_are_done_in_the_order_they_came_and_urgent_ones_first()
    {
        var one = new JobKind<Note>("test.one", new JobQueue("single") { Concurrency = 1 });
        await PutAllAsync(one, Enumerable.Range(0, 20).Select(i => new Note(i)), note => new JobOptions { Priority = note.Number >= 15 ? JobPriority.Urgent : note.Number < 5 ? JobPriority.Low : null });
        var seen = new ConcurrentQueue<int>();
        await WorkAsync([Does(one, (note, _, _) =>
        {
            seen.Enqueue(note.Number);
            return Task.CompletedTask;
        })]);

        await AllEndedAsync(20);
        // Each in its order; the first claims find the urgent ones, and now and then one asks for the low ones first.
        Assert.Equal(Enumerable.Range(15, 5), seen.Take(5));
        Assert.Equal(Enumerable.Range(5, 10), seen.Where(i => i is >= 5 and < 15));
        Assert.Equal(Enumerable.Range(0, 5), seen.Where(i => i < 5));
        Assert.True(seen.ToList().IndexOf(0) < seen.ToList().IndexOf(14));
    }

    [Fact]
    public async Task JB7_Of_jobs_with_one_unique_key_the_first_is_put_in_until_it_has_ended()
    {
        var key = new JobOptions { Unique = new UniqueKey("test.note:1") };
        var first = await PutAsync(Kind, new Note(1), key);
        var second = await PutAsync(Kind, new Note(2), key);
        Assert.True(first.IsNew);
        Assert.Equal(new EnqueuedJob(first.Id, IsNew: false), second);

        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)]);
        await EndedAsync(first.Id);
        Assert.True((await PutAsync(Kind, new Note(3), key)).IsNew);
        await AllEndedAsync(2);
        await ConservedAsync(2);
    }

    [Fact]
    public async Task JB7_A_key_that_is_only_held_while_waiting_is_free_when_the_job_begins_and_one_that_is_kept_stays()
    {
        var waiting = new JobOptions { Unique = new UniqueKey("look") { OnlyWhileWaiting = true } };
        var kept = new JobOptions { Unique = new UniqueKey("once") { KeptFor = TimeSpan.FromDays(1) } };
        var hold = new TaskCompletionSource();
        var first = await PutAsync(Kind, new Note(1), waiting);
        Assert.False((await PutAsync(Kind, new Note(1), waiting)).IsNew);
        await WorkAsync([Does(Kind, (note, _, token) => note.Number == 1 ? hold.Task.WaitAsync(token) : Task.CompletedTask)]);
        await EndedAsync(first.Id, "running");
        Assert.True((await PutAsync(Kind, new Note(2), waiting)).IsNew);
        hold.SetResult();

        var once = await PutAsync(Kind, new Note(3), kept);
        await EndedAsync(once.Id);
        Assert.Equal(new EnqueuedJob(once.Id, IsNew: false), await PutAsync(Kind, new Note(3), kept));
        await SqlAsync("update jobs.unique_key set until = now() - interval '1 second'");
        Assert.True((await PutAsync(Kind, new Note(3), kept)).IsNew);
        await AllEndedAsync(4);
    }

    [Fact]
    public async Task JB7_Many_at_once_with_one_key_put_in_one_job()
    {
        var key = new JobOptions { Unique = new UniqueKey("race") };
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PutAsync(Kind, new Note(i), key)));

        Assert.Single(results, result => result.IsNew);
        Assert.Single(results.Select(result => result.Id).Distinct());
        await ConservedAsync(1);
    }

    [Fact]
    public async Task JB8_A_delayed_job_is_done_when_its_time_has_come()
    {
        var time = new FakeTime();
        Clock = time;
        var client = NewClient(out var hints);
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            await client.EnqueueAsync(work, Kind, new Note(1), Cancelled, new JobOptions { RunAt = time.GetUtcNow() + TimeSpan.FromMinutes(5) });
            await work.CommitAsync(time.GetUtcNow());
        }
        await WorkAsync([Does(Kind, (_, _, _) => Task.CompletedTask)], client: client, hints: hints);
        Assert.Equal(1, (await StandingAsync()).Waiting);

        await Eventually.TrueAsync("it is done after its time", Soon, async () =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return (await StandingAsync()).Done == 1;
        });
        Assert.True(time.GetUtcNow() >= new DateTimeOffset(2026, 11, 21, 8, 5, 0, TimeSpan.Zero));
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task JB4_A_job_is_done_in_the_workspace_and_on_behalf_of_whom_it_was_put_in_for()
    {
        var (workspace, actor) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Origin.Current = Origin.System with { Actor = actor, CorrelationId = "request-1" };
        var seen = new TaskCompletionSource<(Origin, Scope, Guid?)>();
        await PutAsync(Kind, new Note(1), new JobOptions { WorkspaceId = workspace });
        Origin.Current = Origin.System;
        await WorkAsync([Does(Kind, (_, job, _) =>
        {
            seen.SetResult((Origin.Current, job.Scope, job.Actor));
            return Task.CompletedTask;
        })]);

        var (origin, scope, who) = await seen.Task.WaitAsync(Soon, Cancelled);
        Assert.Equal((actor, "request-1"), (origin.Actor!.Value, origin.CorrelationId));
        Assert.Equal([workspace], scope.Workspaces!);
        Assert.Equal(actor, who);
        await AllEndedAsync(1);
    }

    [Fact, Trait("spec", "DB-4")]
    public async Task JB4_A_transaction_puts_jobs_in_for_its_own_workspaces_alone_and_reads_none()
    {
        await using var work = await Database.BeginAsync(Scope.In(Guid.CreateVersion7()), Cancelled);
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            Client.EnqueueAsync(work, Kind, new Note(1), Cancelled, new JobOptions { WorkspaceId = Guid.CreateVersion7() }));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);

        foreach (var table in (string[])["ready", "later", "behind", "parent", "running", "done", "dead", "worker"])
            await Assert.ThrowsAsync<PostgresException>(() => Database.QueryAsync(Scope.None, new Query<Guid>("test.jobs", $"select id from jobs.{table}"), [], Cancelled));
    }

    [Fact]
    public async Task JB5_A_payload_that_is_too_large_is_refused_with_its_size()
    {
        var refused = await Assert.ThrowsAsync<JobTooLargeException>(() => PutAsync(Kind, new Note(1, new string('x', JobClient.MaxPayloadBytes))));
        Assert.Contains("65536", refused.Message, StringComparison.Ordinal);
        await ConservedAsync(0);
    }
}
