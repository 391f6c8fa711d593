using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Tests.Features.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Ops;

[Trait("spec", "JB-5")]
public sealed class QueueTests(JobServer server) : IClassFixture<JobServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queues_show_what_waits_runs_and_was_given_up_and_who_works_on_them()
    {
        var running = await server.PutAsync("wait:1", "running");
        await server.PutAsync("fail:1", "dead");
        await server.PutAsync("later", "later", options: new JobOptions { RunAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) });

        var seen = await server.Operator.Client.GetAsync("/api/ops/queues", Stop).ReadAsync<JobsOverview>();

        Assert.Equal(Queues.All.Select(queue => queue.Name), seen.Queues.Select(queue => queue.Name));
        var queue = Assert.Single(seen.Queues, queue => queue.Name == Queues.Analytics.Name);
        Assert.True(queue is { Running: >= 1, Dead: >= 1, Later: >= 1, IsPaused: false });
        Assert.Contains(queue.Minutes, minute => minute.Died > 0);
        var worker = Assert.Single(seen.Workers);
        Assert.True(worker.IsAlive);
        Assert.True(worker.Running >= 1);

        var list = await server.Operator.Client.GetAsync("/api/ops/jobs?state=running", Stop).ReadAsync<JobRecords>();
        Assert.Contains(list.Items, job => job.Id == running && job.Payload is null);
        server.Gates["wait:1"].SetResult();
        await server.StandsAsync(running, "done");
        Assert.Contains((await server.Operator.Client.GetAsync($"/api/ops/jobs?state=done&queue={Queues.Analytics.Name}", Stop).ReadAsync<JobRecords>()).Items, job => job.Id == running);
    }

    [Fact]
    [Trait("spec", "OB-3")]
    public async Task A_job_is_shown_with_its_error_and_without_what_is_called_a_secret()
    {
        var dead = await server.PutAsync("fail:2", "dead");

        var seen = await server.Operator.Client.GetAsync($"/api/ops/jobs/{dead}", Stop).ReadAsync<JobRecord>();

        Assert.Equal("fail:2", seen.Payload!.Value.GetProperty("what").GetString());
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(seen), StringComparison.Ordinal);
        Assert.StartsWith("InvalidOperationException: It broke", seen.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_job_is_done_again_when_it_is_retried_and_gone_when_it_is_discarded()
    {
        var (again, away) = (await server.PutAsync("fail:3", "dead"), await server.PutAsync("fail:4", "dead"));
        server.Gates["fail:3"] = new();

        await server.Operator.Client.PostAsync($"/api/ops/jobs/{again}/retry", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await server.Operator.Client.DeleteAsync($"/api/ops/jobs/{away}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.StandsAsync(again, "done");
        await server.Operator.Client.GetAsync($"/api/ops/jobs/{away}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await server.Operator.Client.PostAsync($"/api/ops/jobs/{again}/retry", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, "conflict");
        await server.Operator.Client.PostAsync($"/api/ops/jobs/{Guid.CreateVersion7()}/retry", null, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Dead_jobs_of_a_kind_are_replayed_together()
    {
        Guid[] dead = [await server.PutAsync("fail:5", "dead"), await server.PutAsync("fail:6", "dead")];
        server.Gates["fail:5"] = server.Gates["fail:6"] = new();

        var replayed = await server.Operator.Client.PostAsJsonAsync("/api/ops/jobs/replay", new { kind = JobServer.Kind.Name }, Stop).ReadAsync<ReplayedJobs>();

        Assert.True(replayed.Count >= 2);
        foreach (var id in dead)
            await server.StandsAsync(id, "done");
    }

    [Fact]
    public async Task A_job_is_cancelled_whether_it_waits_or_runs_and_whoever_asked_for_it_is_told()
    {
        var ada = await server.SignedInAs("ada");
        var (socket, _) = await TestSocket.GreetAsync(server, ada);
        await using var held = socket;
        await socket.AnswerAsync(await socket.SendAsync("subscribe", $"user:{ada.Id}", new { v = 0 }));
        var waiting = await server.PutAsync("later", "later", options: new JobOptions { RunAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) });
        var running = await server.PutAsync("wait:2", "running", ada.Id);

        foreach (var id in (Guid[])[waiting, running])
        {
            await server.Operator.Client.PostAsync($"/api/ops/jobs/{id}/cancel", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
            await server.StandsAsync(id, "cancelled");
            await server.Operator.Client.PostAsync($"/api/ops/jobs/{id}/cancel", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, "conflict");
        }
        Assert.Equal(1, await server.ScalarAsync<long>(
            "select count(*) from engine.change where kind = 1 and channel_id = $1 and resource = 'job' and resource_id = $2 and data::jsonb ->> 'state' = 'cancelled'", ada.Id, running));
    }

    [Fact]
    public async Task A_paused_queue_begins_nothing_until_it_is_resumed()
    {
        var path = $"/api/ops/queues/{Queues.Analytics.Name}";
        await server.Operator.Client.PostAsync($"{path}/pause", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        var job = await server.PutAsync("paused");
        Assert.True((await server.Operator.Client.GetAsync("/api/ops/queues", Stop).ReadAsync<JobsOverview>()).Queues.Single(q => q.Name == Queues.Analytics.Name).IsPaused);
        Assert.Contains((await server.Operator.Client.GetAsync("/api/ops/jobs?state=ready", Stop).ReadAsync<JobRecords>()).Items, record => record.Id == job);

        await server.Operator.Client.PostAsync($"{path}/resume", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.StandsAsync(job, "done");
        await server.Operator.Client.PostAsync("/api/ops/queues/nothing/pause", null, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Only_known_states_are_listed() =>
        await server.Operator.Client.GetAsync("/api/ops/jobs?state=lost", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_failed");

    public static TheoryData<string> Deeds => [.. RecordedOperations.Installation.Keys];

    [Theory, Trait("spec", "SE-4")]
    [MemberData(nameof(Deeds))]
    public async Task What_operators_do_is_in_the_trail(string name)
    {
        var (method, address) = (name.Split(' ')[0], name.Split(' ')[1]);
        var state = name.EndsWith("cancel", StringComparison.Ordinal) ? "later" : "dead";
        var job = await server.PutAsync($"fail:{name}", state, options: state == "later" ? new JobOptions { RunAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) } : null);
        var action = RecordedOperations.Installation[name].Name;
        const string Count = "select count(*) from engine.audit_entry where action = $1 and actor_id = $2";
        var before = await server.ScalarAsync<long>(Count, action, server.Operator.Id);

        using var request = new HttpRequestMessage(
            new HttpMethod(method), address.Replace("{queue}", Queues.Webhooks.Name, StringComparison.Ordinal).Replace("{jobId}", job.ToString(), StringComparison.Ordinal));
        if (address.EndsWith("replay", StringComparison.Ordinal))
            request.Content = JsonContent.Create(new { });
        using var answer = await server.Operator.Client.SendAsync(request, Stop);

        Assert.True(answer.IsSuccessStatusCode, $"{name}: {answer.StatusCode}");
        Assert.Equal(before + 1, await server.ScalarAsync<long>(Count, action, server.Operator.Id));
    }

    [Fact, Trait("spec", "JB-3")]
    public async Task Whoever_asked_is_told_when_the_job_ends()
    {
        var ada = await server.SignedInAs("ada");
        var job = await server.PutAsync("done", "done", ada.Id);

        var change = await server.ScalarAsync<string>("select data from engine.change where kind = 1 and channel_id = $1 and resource = 'job' and resource_id = $2", ada.Id, job);

        var told = JsonElement.Parse(change!);
        Assert.Equal(("done", "done"), (told.GetProperty("state").GetString(), told.GetProperty("result").GetProperty("what").GetString()));
    }
}
