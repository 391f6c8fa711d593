using System.Text.Json;

namespace Renexus.Engine.Jobs;

/// <summary>Does a job. Returning is success; an exception is a failure, tried again by the kind's policy.</summary>
/// <param name="cancellationToken">Cancelled when the job is to end: somebody cancelled it, its time is over, or the process goes (<see cref="JobContext"/> says nothing of which).</param>
public delegate Task JobHandler<in TPayload>(TPayload payload, JobContext job, CancellationToken cancellationToken);

/// <summary>A kind and who does it.</summary>
public sealed class JobDefinition
{
    private readonly Func<string, JobContext, CancellationToken, Task> run;

    private JobDefinition(JobKind kind, Func<string, JobContext, CancellationToken, Task> run) => (Kind, this.run) = (kind, run);

    public JobKind Kind { get; }

    public static JobDefinition Of<TPayload>(JobKind<TPayload> kind, JobHandler<TPayload> handler) =>
        new(kind, (text, job, cancellationToken) => handler(Read<TPayload>(text), job, cancellationToken));

    internal Task RunAsync(string payload, JobContext job, CancellationToken cancellationToken) => run(payload, job, cancellationToken);

    private static TPayload Read<TPayload>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<TPayload>(text, JobClient.Json) ?? throw new JobFailedException("The payload is null.");
        }
        catch (JsonException e)
        {
            throw new JobFailedException($"The payload cannot be read at {e.Path}.", e);
        }
    }
}
