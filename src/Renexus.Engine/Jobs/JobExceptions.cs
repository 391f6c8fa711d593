namespace Renexus.Engine.Jobs;

/// <summary>A handler gives its job up: it will never work.</summary>
public sealed class JobFailedException : Exception
{
    public JobFailedException() { }

    public JobFailedException(string message) : base(message) { }

    public JobFailedException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A handler puts its job off: nothing failed, it is too early. That costs no attempt.</summary>
public sealed class JobPutOffException(TimeSpan by) : Exception("The job was put off.")
{
    public TimeSpan By => by;
}

/// <summary>The job is no longer this worker's: whatever the handler is about to commit must not be.</summary>
public sealed class JobLostException(Guid id) : Exception($"Job {id} belongs to another worker by now.");

/// <summary>A payload is larger than a job carries: put what it is about into a table and its id into the job.</summary>
public sealed class JobTooLargeException(string kind, int bytes)
    : Exception($"The payload of a job of kind {kind} has {bytes} bytes; at most {JobClient.MaxPayloadBytes} are carried.");
