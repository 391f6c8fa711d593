using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Audit;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Ops;

/// <summary>A server with a kind of job that does what the test says. Its first person is its operator.</summary>
public sealed class JobServer : TestServer
{
    public sealed record Task1(string What, string Password = "");

    public static readonly JobKind<Task1> Kind = new("test.task", Queues.Analytics) { TellsActor = true, Retry = new RetryPolicy { MaxAttempts = 1 } };

    /// <summary>What each job waits for, by what it is about.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Gates { get; } = new(StringComparer.Ordinal);

    public TestUser Operator { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Operator = await SignedInAs("operator");
    }

    protected override void Configure(IServiceCollection services) => services.AddSingleton(JobDefinition.Of(Kind, async (task, job, cancellationToken) =>
    {
        job.Report(40, "Half way");
        switch (task.What.Split(':')[0])
        {
            case "fail" when !Gates.ContainsKey(task.What):
                throw new InvalidOperationException("It broke, password=hunter2hunter2.");
            case "wait":
                await Gates.GetOrAdd(task.What, _ => new()).Task.WaitAsync(cancellationToken);
                break;
        }
        job.SetResult(new { task.What });
    }));

    public async Task<Guid> PutAsync(string what, Guid? actor = null, JobOptions? options = null)
    {
        Origin.Current = Origin.System with { Actor = actor };
        await using var work = await Services.GetRequiredService<Database>().BeginAsync(Scope.None, CancellationToken.None);
        var job = await Services.GetRequiredService<JobClient>().EnqueueAsync(work, Kind, new Task1(what, "hunter2hunter2"), CancellationToken.None, options);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        return job.Id;
    }

    /// <summary>A job in a state that the test needs.</summary>
    public async Task<Guid> PutAsync(string what, string state, Guid? actor = null, JobOptions? options = null)
    {
        var id = await PutAsync(what, actor, options);
        await StandsAsync(id, state);
        return id;
    }

    public Task StandsAsync(Guid id, string state) => Eventually.TrueAsync(
        $"the job is {state}", TimeSpan.FromSeconds(20), async () => (await Services.GetRequiredService<JobClient>().FindAsync(id, CancellationToken.None))?.State == state);
}
