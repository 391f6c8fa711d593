using System.Collections.Concurrent;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Jobs;

[Trait("spec", "JB-3")]
public sealed class RunningTests(TestDatabase database) : JobTest(database)
{
    private static readonly JobQueue Queue = new("test") { Concurrency = 8, Prefetch = 8 };
    private static readonly JobKind<Note> Kind = new("test.run", Queue) { Retry = new RetryPolicy { MaxAttempts = 3, First = TimeSpan.FromMilliseconds(10) } };

    [Fact]
    public async Task JB10_A_job_that_fails_is_tried_again_so_often_and_is_then_dead_with_its_reason()
    {
        var attempts = new ConcurrentQueue<(int, bool)>();
        var job = await PutAsync(Kind, new Note(1));
        await WorkAsync(
            [Does(Kind, (_, context, _) =>
            {
                attempts.Enqueue((context.Attempt, context.IsLastAttempt));
                throw new InvalidOperationException("No luck, password=hunter2.");
            })],
            options => options with { Clean = text => text.Replace("hunter2", "[redacted]", StringComparison.Ordinal) });

        await EndedAsync(job.Id, "dead");
        Assert.Equal([(1, false), (2, false), (3, true)], attempts);
        Assert.Equal("InvalidOperationException: No luck, password=[redacted].", (await Client.FindAsync(job.Id, Cancelled))!.Error);
        Assert.Equal(2, await CountAsync("select sum(retried) from jobs.minute"));
        Assert.Equal(1, await CountAsync("select sum(died) from jobs.minute"));
        await ConservedAsync(1);
    }

    [Fact]
    public async Task JB10_What_will_never_work_is_not_tried_again_and_what_is_too_early_costs_no_attempt()
    {
        var lasting = Kind with { Classify = e => e is FormatException ? JobError.Lasting : JobError.Passing };
        var (never, odd, early) = (await PutAsync(Kind, new Note(1)), await PutAsync(Kind, new Note(2)), await PutAsync(Kind, new Note(3)));
        var putOff = 0;
        var attempt = 0;
        await WorkAsync([Does(lasting, (note, job, _) =>
        {
            switch (note.Number)
            {
                case 1:
                    throw new JobFailedException("Never.");
                case 2:
                    throw new FormatException("Not a number.");
                default:
                    if (Interlocked.Increment(ref putOff) < 5)
                        throw new JobPutOffException(TimeSpan.FromMilliseconds(5));
                    attempt = job.Attempt;
                    return Task.CompletedTask;
            }
        })]);

        await AllEndedAsync(3);
        await EndedAsync(never.Id, "dead");
        await EndedAsync(odd.Id, "dead");
        await EndedAsync(early.Id);
        Assert.Equal((5, 1), (putOff, attempt));
        Assert.Equal(0, await CountAsync("select sum(retried) from jobs.minute"));
    }

    /// <summary>Throws, hangs, ignores its token, cannot be read: each is its own job's misfortune (fault test 11).</summary>
    [Fact]
    public async Task JB11_A_poisonous_job_hurts_no_other()
    {
        var kind = Kind with { Timeout = TimeSpan.FromMilliseconds(200), Retry = new RetryPolicy { MaxAttempts = 2, First = TimeSpan.FromMilliseconds(5) } };
        await WorkAsync(
            [Does(kind, async (note, _, token) =>
            {
                switch (note.Number)
                {
                    case 1:
                        throw new InvalidOperationException("Thrown.");
                    case 2:
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                        break;
                    case 3:
                        await new TaskCompletionSource().Task;
                        break;
                }
            })],
            options => options with { Obey = TimeSpan.FromMilliseconds(200) });
        await PutAllAsync(kind, Enumerable.Range(1, 3).Select(i => new Note(i)));
        var unreadable = await PutAsync(new JobKind<string>(kind.Name, Queue), "text where a note is expected");
        await PutAllAsync(kind, Enumerable.Range(10, 100).Select(i => new Note(i)));

        await AllEndedAsync(104);
        Assert.Equal(100, (await ConservedAsync(104)).Done);
        Assert.Equal(3, await CountAsync("select count(*) from jobs.dead where attempt = 2"));
        Assert.Equal(2, await CountAsync("select count(*) from jobs.dead where error = 'It took longer than its kind allows.'"));
        Assert.StartsWith("JobFailedException: The payload cannot be read", (await Client.FindAsync(unreadable.Id, Cancelled))!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JB12_A_parent_is_done_when_its_children_have_ended_and_sees_how()
    {
        var parent = new JobKind<Note>("test.parent", Queue);
        IReadOnlyList<JobStatus>? seen = null;
        var runs = 0;
        Guid id;
        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            id = await Client.EnqueueParentAsync(work, parent, new Note(0), [.. Enumerable.Range(0, 300).Select(i => ChildJob.Of(Kind, new Note(i)))], Cancelled);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }
        Assert.Equal("parent", (await Client.FindAsync(id, Cancelled))!.State);
        JobDefinition[] handlers =
        [
            Does(Kind, (note, job, _) =>
            {
                if (note.Number % 100 == 99)
                    throw new JobFailedException("Never.");
                job.SetResult(note.Number);
                return Task.CompletedTask;
            }),
            Does(parent, async (_, job, token) =>
            {
                Interlocked.Increment(ref runs);
                seen = await job.ChildrenAsync(token);
            }),
        ];
        for (var i = 0; i < 3; i++)
            await WorkAsync(handlers);

        await EndedAsync(id);
        Assert.Equal(1, runs);
        Assert.Equal((297, 3), (seen!.Count(child => child.State == "done"), seen!.Count(child => child.State == "dead")));
        Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 100 != 99).Sum(), seen!.Sum(child => child.Result is { } result ? int.Parse(result, System.Globalization.CultureInfo.InvariantCulture) : 0));
        await ConservedAsync(301);
    }

    [Fact]
    public async Task JB13_A_running_job_that_is_cancelled_ends_through_its_token_and_tells_who_asked()
    {
        var told = new JobKind<Note>("test.told", Queue) { TellsActor = true };
        var actor = Guid.CreateVersion7();
        var job = await PutAsync(told, new Note(1), new JobOptions { Actor = actor });
        await WorkAsync([Does(told, (_, context, token) =>
        {
            context.Report(30, "Working");
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        })]);
        await EndedAsync(job.Id, "running");
        await Eventually.TrueAsync("its progress is seen", Soon, async () => await Client.FindAsync(job.Id, Cancelled) is { Progress: 30, Note: "Working" });

        await using (var work = await Database.BeginAsync(Scope.None, Cancelled))
        {
            Assert.True(await Client.CancelAsync(work, job.Id, Cancelled));
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }

        await EndedAsync(job.Id, "cancelled");
        var news = Assert.Single(News);
        Assert.Equal((job.Id, "cancelled", actor), (news.Id, news.State, news.Actor));
        await using var again = await Database.BeginAsync(Scope.None, Cancelled);
        Assert.False(await Client.CancelAsync(again, job.Id, Cancelled));
    }

    [Fact]
    public async Task JB14_A_handler_ends_its_job_in_its_own_transaction_or_does_nothing_at_all()
    {
        await SqlAsync("create table if not exists public.deed (job uuid); truncate public.deed; grant insert on public.deed to renexus_app");
        var deed = new Command("test.deed", "insert into public.deed values ($1)");
        var job = await PutAsync(Kind, new Note(1));
        var lose = true;
        await WorkAsync([Does(Kind, async (_, context, token) =>
        {
            await using var work = await Database.BeginAsync(Scope.None, token);
            await work.ExecuteAsync(deed, [context.Id], token);
            if (lose)
            {
                lose = false;
                // Somebody takes the worker for dead and the job from it.
                await SqlAsync("update jobs.running set worker = -1");
                await Assert.ThrowsAsync<JobLostException>(() => context.CompleteAsync(work, token));
                throw new JobLostException(context.Id);
            }
            await context.CompleteAsync(work, token);
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        })]);

        await Eventually.TrueAsync("the first try is over", Soon, () => !lose);
        await SqlAsync("insert into jobs.worker (id, node, name, queues, beat_at) overriding system value values (-1, gen_random_uuid(), 'dead', '{}', now() - interval '1 hour') on conflict do nothing");
        await Database.QueryLogAsync(new Query<int>("test.rescue", "select jobs.rescue('30 s', 100, now())"), [], Cancelled);

        await EndedAsync(job.Id);
        Assert.Equal(1, await CountAsync("select count(*) from public.deed"));
        await ConservedAsync(1);
    }
}
