using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <content>What comes in: each message goes to the write, the subscription or the session it is about.</content>
public sealed partial class RealtimeClient
{
    void IConnectionOwner.OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new FrameReader(frame);
        while (reader.TryRead(out var message))
            Dispatch(message);
    }

    private void Dispatch(in IncomingMessage message)
    {
        if (message.Channel.SequenceEqual("$session"u8))
            OnSession(message);
        else if (message.Re is { } id && message.Op.SequenceEqual("ack"u8))
            OnAck(id, message);
        else if (message.Re is { } refused && message.Type.SequenceEqual("error"u8) && writes.Contains(refused))
            OnRefused(refused, message);
        else if (Find(message.Channel) is { } subscription && !subscription.Apply(message))
            Ask(subscription);
    }

    private Subscription? Find(ReadOnlySpan<byte> channel)
    {
        const int Longest = 128;
        if (channel.IsEmpty || channel.Length > Longest)
            return null;

        Span<char> name = stackalloc char[Longest];
        var length = Encoding.UTF8.GetChars(channel, name);
        lock (gate)
            return subscriptions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var found) ? found : null;
    }

    private void OnAck(Guid id, in IncomingMessage message)
    {
        if (writes.Answered(id) is not { } write)
            return;

        write.Complete(new WriteAck(message.V ?? 0, message.Payload.ToArray()));
        Wake();
    }

    private void OnRefused(Guid id, in IncomingMessage message)
    {
        var error = JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.ErrorPayload)!;
        if (error.Code is ProblemCodes.TokenExpired)
            Renew();

        if (error.Retryable || error.Code is ProblemCodes.RateLimited or ProblemCodes.TokenExpired)
            writes.Postpone(id, error.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : options.FirstDelay);
        else
            writes.Answered(id)?.Fail(new ProblemException(error));
        Wake();
    }

    private void OnSession(in IncomingMessage message)
    {
        if (message.Type.SequenceEqual("error"u8))
            lastError = JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.ErrorPayload);
        else if (message.Op.SequenceEqual("welcome"u8))
            OnWelcome(JsonSerializer.Deserialize(message.Payload, ContractsJson.Lenient.WelcomePayload)!);
        else if (message.Op.SequenceEqual("expiring"u8))
            Renew();
    }

    private void OnWelcome(WelcomePayload welcome)
    {
        session = welcome.Session;
        messageLimit = welcome.Limits.MessageBytes;
        UserId = welcome.User;
        backoff.Reset();

        Subscription[] all;
        lock (gate)
        {
            // The answer to a renewal says nothing new.
            if (welcomed || connection is null)
                return;

            // Half a heartbeat more than the server needs to say something.
            connection.Patience = TimeSpan.FromSeconds(welcome.Heartbeat * 1.5);
            welcomed = wasWelcomed = true;
            all = [.. subscriptions.Values];
        }

        Report(new ConnectionStatus(ConnectionState.Online));
        lock (gate)
            online.TrySetResult();
        foreach (var subscription in all)
            Ask(subscription);
        Wake();
    }

    private void Renew()
    {
        _ = RenewAsync(token);

        async Task RenewAsync(string? stale)
        {
            try
            {
                var renewed = await tokens(stale, stopping.Token).ConfigureAwait(false);
                lock (gate)
                {
                    token = renewed;
                    if (welcomed)
                        SendHello(new HelloPayload { Token = renewed });
                }
            }
            catch (Exception e) when (e is ProblemException or HttpRequestException or OperationCanceledException)
            {
                // The server will close with 4010, and the next attempt to connect meets the same failure where it can be told.
            }
        }
    }
}
