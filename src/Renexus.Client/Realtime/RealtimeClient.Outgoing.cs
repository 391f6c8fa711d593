using System.Buffers;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <content>What goes out: hellos and questions at once, writes in their order, several to a frame (RT-9).</content>
public sealed partial class RealtimeClient
{
    /// <summary>Frames are filled up to here; a larger message travels alone.</summary>
    private const int FrameTarget = 32 * 1024;

    bool IConnectionOwner.TryWriteFrame(ArrayBufferWriter<byte> frame)
    {
        const int Room = 2;
        var count = 0;
        frame.Write("["u8);
        while (frame.WrittenCount < FrameTarget && TryTakeMessage(FrameTarget - frame.WrittenCount - Room, count == 0, out var message))
        {
            if (count++ > 0)
                frame.Write(","u8);
            frame.Write(message.Span);
        }

        frame.Write("]"u8);
        return count > 0;
    }

    internal void Unsubscribe(Subscription subscription)
    {
        lock (gate)
        {
            if (subscriptions.GetValueOrDefault(subscription.Channel) != subscription)
                return;

            subscriptions.Remove(subscription.Channel);
            if (welcomed)
                Send(MessageEncoder.Encode(MessageTypes.Unsubscribe, subscription.Channel, Guid.CreateVersion7(), Now()));
        }
    }

    internal void AskLater(Subscription subscription, double? seconds)
    {
        var delay = seconds is { } wait ? TimeSpan.FromSeconds(wait) : options.FirstDelay;
        _ = AskAfterAsync();

        async Task AskAfterAsync()
        {
            await Task.Delay(delay, options.TimeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Ask(subscription);
        }
    }

    // The first message of a frame may have any size.
    private bool TryTakeMessage(int room, bool first, out ReadOnlyMemory<byte> message)
    {
        if (control.TryPeek(out var ready))
        {
            message = ready;
            return (first || ready.Length <= room) && control.TryDequeue(out _);
        }

        message = default;
        while (Volatile.Read(ref welcomed) && writes.TryTake(first ? int.MaxValue : room, out var write))
        {
            message = write.Encoded;
            if (messageLimit == 0 || message.Length <= messageLimit)
                return true;

            // The server could not even say which message it was.
            writes.Answered(write.Id)?.Fail(new ProblemException(new ErrorPayload(
                ProblemCodes.PayloadTooLarge, $"The message has {message.Length} bytes; {messageLimit} are allowed.", Retryable: false)));
        }

        return false;
    }

    private void SendHello(HelloPayload payload) =>
        Send(MessageEncoder.Encode(
            MessageTypes.Subscribe, ChannelNames.Session, Guid.CreateVersion7(), Now(), payload, ContractsJson.Lenient.HelloPayload));

    private void Ask(Subscription subscription)
    {
        lock (gate)
        {
            // Before the welcome there is nobody to ask; the hello or what follows the welcome will.
            if (!welcomed || subscriptions.GetValueOrDefault(subscription.Channel) != subscription || !subscription.TryAsk())
                return;

            var (_, v, e, _) = subscription.Position;
            Send(MessageEncoder.Encode(
                MessageTypes.Subscribe,
                subscription.Channel,
                Guid.CreateVersion7(),
                Now(),
                new SubscribePayload { V = v, E = e, Presence = subscription.Presence ? true : null },
                ContractsJson.Lenient.SubscribePayload));
        }
    }

    private void Send(byte[] message)
    {
        control.Enqueue(message);
        Wake();
    }

    private void Wake()
    {
        // Read without the lock: a connection that is just being opened wakes itself.
        Volatile.Read(ref connection)?.Wake();
    }

    private long Now() => options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<WriteAck> WaitAsync(PendingWrite write, CancellationToken cancellationToken)
    {
        try
        {
            return await write.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            writes.Withdraw(write);
            throw;
        }
    }
}
