namespace Renexus.Client.Realtime;

/// <summary>A write that somebody waits for, encoded once and sent as often as it takes.</summary>
internal sealed class PendingWrite(Guid id, byte[] encoded)
{
    private readonly TaskCompletionSource<WriteAck> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id { get; } = id;

    public ReadOnlyMemory<byte> Encoded { get; } = encoded;

    public Task<WriteAck> Answer => answer.Task;

    /// <summary>Its place among all writes of this client.</summary>
    public long Order { get; set; }

    /// <summary>Sent on this connection and not answered yet.</summary>
    public bool InFlight { get; set; }

    /// <summary>May have reached the server, now or on an earlier connection.</summary>
    public bool WasSent { get; set; }

    public void Complete(WriteAck ack) => answer.TrySetResult(ack);

    public void Fail(Exception reason)
    {
        answer.TrySetException(reason);
        // Who gave up waiting need not look.
        _ = answer.Task.Exception;
    }
}
