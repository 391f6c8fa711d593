using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Ops;

/// <summary>Operators see queues and jobs move without asking.</summary>
[Trait("spec", "JB-5")]
public sealed class OpsChannelTests(OpsChannelTests.SlowServer server) : IClassFixture<OpsChannelTests.SlowServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_progress_of_a_job_its_cancellation_and_a_pause_are_told_as_they_happen()
    {
        var grace = await OperatorAsync();
        var (socket, _) = await TestSocket.GreetAsync(server, grace);
        await using var held = socket;
        Assert.Equal("subscribed", TestSocket.Op(await socket.AnswerAsync(await socket.SendAsync("subscribe", "ops", new { }))));

        var job = await PutAsync();
        server.Steps.Report(10, "Threads");
        await SeesAsync(socket, state => IsAt(state, job, 10, "Threads"));
        server.Steps.Report(60, "Files");
        await SeesAsync(socket, state => IsAt(state, job, 60, "Files"));

        using (var cancel = await grace.Client.PostAsync($"/api/ops/jobs/{job}/cancel", null, Stop))
            Assert.True(cancel.IsSuccessStatusCode);
        await SeesAsync(socket, state => Running(state, job) is null);
        Assert.Equal("cancelled", (await server.Services.GetRequiredService<JobClient>().FindAsync(job, Stop))!.State);

        using (var pause = await grace.Client.PostAsync("/api/ops/queues/analytics/pause", null, Stop))
            Assert.True(pause.IsSuccessStatusCode);
        await SeesAsync(socket, state => Queue(state, "analytics").GetProperty("isPaused").GetBoolean());
        using (var resume = await grace.Client.PostAsync("/api/ops/queues/analytics/resume", null, Stop))
            Assert.True(resume.IsSuccessStatusCode);
        await SeesAsync(socket, state => !Queue(state, "analytics").GetProperty("isPaused").GetBoolean());
    }

    [Fact]
    public async Task Whoever_comes_with_a_version_gets_how_it_stands()
    {
        var (socket, _) = await TestSocket.GreetAsync(server, await OperatorAsync());
        await using var held = socket;

        await socket.SendAsync("subscribe", "ops", new { v = -1 });
        JsonElement snapshot;
        do
            snapshot = await socket.NextAsync();
        while (TestSocket.Op(snapshot) is not "snapshot");

        Assert.Contains(snapshot.GetProperty("payload").GetProperty("state").GetProperty("overview").GetProperty("queues").EnumerateArray(), q => q.GetProperty("name").GetString() == "email");
    }

    [Theory]
    [InlineData("ops")]
    [InlineData("ops:018f0000-0000-7000-8000-000000000000")]
    [InlineData("thread")]
    public async Task For_others_and_under_other_names_it_is_not_there(string channel)
    {
        await OperatorAsync();
        var other = await server.SignedInAs("bob");
        var (socket, _) = await TestSocket.GreetAsync(server, other);
        await using var held = socket;

        var answer = await socket.AnswerAsync(await socket.SendAsync("subscribe", channel, new { }));

        Assert.Equal("unknown_channel", answer.GetProperty("payload").GetProperty("code").GetString());
    }

    private async Task<TestUser> OperatorAsync()
    {
        var grace = await server.SignedInAs("grace");
        await server.ScalarAsync<object>("update accounts.user_account set is_operator = true where id = $1", grace.Id);
        return grace;
    }

    private async Task<Guid> PutAsync()
    {
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop);
        var job = await server.Services.GetRequiredService<JobClient>().EnqueueAsync(work, Steps.Kind, new NoPayload(), Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        await server.Steps.Begun.WaitAsync(Patience, Stop);
        return job.Id;
    }

    private static async Task SeesAsync(TestSocket socket, Func<JsonElement, bool> isMeant)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var message = await socket.NextAsync();
            if (TestSocket.Op(message) is "jobs" && isMeant(message.GetProperty("payload")))
                return;
        }
    }

    private static bool IsAt(JsonElement state, Guid job, int percent, string note) =>
        Running(state, job) is { } one && one.TryGetProperty("progress", out var progress) && progress.GetInt32() == percent && one.GetProperty("note").GetString() == note;

    private static JsonElement? Running(JsonElement state, Guid job) =>
        state.GetProperty("running").EnumerateArray().Where(one => one.GetProperty("id").GetGuid() == job).Select(one => (JsonElement?)one).FirstOrDefault();

    private static JsonElement Queue(JsonElement state, string name) =>
        state.GetProperty("overview").GetProperty("queues").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == name);

    /// <summary>A job whose progress the test decides, and that ends only when it is cancelled.</summary>
    internal sealed class Steps
    {
        public static readonly JobKind<NoPayload> Kind = new("test.steps", Queues.Analytics);

        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private JobContext? running;

        public Task Begun => begun.Task;

        public void Report(int percent, string note) => running!.Report(percent, note);

        public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
        {
            running = job;
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    public sealed class SlowServer : TestServer
    {
        internal Steps Steps { get; } = new();

        protected override void Configure(IServiceCollection services) => services.AddSingleton(Steps).AddJob<Steps, NoPayload>(Steps.Kind, steps => steps.RunAsync);
    }
}
