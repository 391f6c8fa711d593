using System.Buffers.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Realtime;

namespace Renexus.Server.Gateway.Jobs;

/// <summary>
/// Tells whoever asked for a job how far it is (JB13): ephemeral, on the own channel, at most once a second. The worker may be another process than the one that the
/// person is connected to, so the other nodes are told as well; what is lost is lost without harm, the end is a change in the log.
/// </summary>
internal sealed class JobProgress(JobWorker worker, Hub hub, HintBus hints, MessageEncoder encoder) : IHostedService
{
    private const string Signal = "job-progress";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        worker.Progressed += OnProgressed;
        hints.Signalled += OnSignal;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        worker.Progressed -= OnProgressed;
        hints.Signalled -= OnSignal;
        return Task.CompletedTask;
    }

    private void OnProgressed(IReadOnlyList<JobNews> news)
    {
        foreach (var job in news)
        {
            var info = JobInfos.Of(job);
            Tell(job.Actor, info);
            if (hints.HasPeers)
                hints.Signal(Signal, Base64Url.EncodeToString(Json.Utf8(new Told(job.Actor, info))));
        }
    }

    private void OnSignal(string kind, string value)
    {
        if (kind is Signal && JsonSerializer.Deserialize<Told>(Base64Url.DecodeFromChars(value), Json.Options) is { } told)
            Tell(told.Actor, told.Job);
    }

    private void Tell(Guid actor, JobInfo job)
    {
        var channel = Channels.User(actor);
        if (!hub.HasListeners(channel))
            return;
        hub.Broadcast(channel, encoder.Update(channel, null, null, job, static (writer, job) =>
        {
            writer.WriteString("op"u8, Ops.Job);
            writer.WritePropertyName("job"u8);
            JsonSerializer.Serialize(writer, job, Json.Options);
        }, ephemeral: true));
    }

    private sealed record Told(Guid Actor, JobInfo Job);
}
