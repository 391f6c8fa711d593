using Renexus.Contracts.Realtime;
using Renexus.Engine.Batching;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What a client writes: taken in order, carried out by the feature that owns the resource, answered when it is committed.</summary>
internal sealed partial class Conversation
{
    /// <summary>Of writes that wait for their answers, besides the newest one.</summary>
    private const int UnansweredBytes = 256 * 1024;

    /// <summary>What an answer holds besides the data.</summary>
    private const int AnswerBytes = 512;

    /// <summary>When so much waits to be sent the client has its answers first.</summary>
    private const int QueuedBytes = 128 * 1024;

    private WriteWindow? window;

    // Of messages and of pushes apart: neither need wait for the other.
    private Refusal? refusal;
    private Refusal? pushRefusal;

    private ValueTask WriteAsync(string name, string id, ReadOnlySpan<byte> payload)
    {
        var message = WriteMessage.Read(payload);
        if (!services.Channels.TryFind(name, out var channel, out var rules))
        {
            Refuse(Unknown(name), name, id);
            return ValueTask.CompletedTask;
        }
        var writer = services.Channels.WriterOf(rules, message.Resource);
        var write = new ChannelWrite(caller!, channel.Id, id, message.Op, message.ResourceId, message.Base, message.Data.ToArray(), origin);
        return CarryOutAsync(writer, write, channel, name, (MessageEncoder.OpName(message.Op), message.Resource, rules.Name), Limit.Messages);
    }

    private ValueTask PushAsync(string name, string id, ReadOnlySpan<byte> payload)
    {
        var message = PushMessage.Read(payload);
        if (!services.Channels.TryFind(name, out var channel, out var rules))
        {
            Refuse(Unknown(name), name, id);
            return ValueTask.CompletedTask;
        }
        var writer = rules.Push ?? throw new RefusedMessage("payload.op", $"A {rules.Name} channel has no document to push to.");
        var write = new ChannelWrite(caller!, channel.Id, id, ChangeOp.Updates, ResourceId: null, message.Base, message.Updates.ToArray(), origin);
        return CarryOutAsync(writer, write, channel, name, (Ops.Push, "document", rules.Name), Limit.DocumentPushes);
    }

    private ValueTask CarryOutAsync(
        ChannelWriter writer, ChannelWrite write, ChannelId channel, string name, (string Op, string Resource, string Kind) operation, Limit limit)
    {
        if (write.Caller.Scopes is not null && KeyScopes.Refusal(write.Caller, $"{operation.Op} {operation.Resource} on {operation.Kind}") is { } unscoped)
        {
            Refuse(unscoped, name, write.RequestId);
            return ValueTask.CompletedTask;
        }
        if (services.IsDraining)
        {
            Refuse(Problems.Busy(TimeSpan.FromSeconds(1)), name, write.RequestId);
            return ValueTask.CompletedTask;
        }
        return CarryOutAsync(writer, write, channel, name, limit);
    }

    /// <summary>
    /// Waits until the write has its place in line, so that a client's writes keep their order; not until it is committed. Behind
    /// one that was refused for now nothing is taken until the client has been able to send it again: it would overtake.
    /// </summary>
    private async ValueTask CarryOutAsync(ChannelWriter writer, ChannelWrite write, ChannelId channel, string name, Limit limit)
    {
        // A client that writes faster than it takes its answers is not read from until it has taken them.
        var size = write.Data.Length + AnswerBytes;
        await (window ??= new WriteWindow(UnansweredBytes)).EnterAsync(size);
        if (socket.QueuedBytes > QueuedBytes)
            await socket.DrainedAsync();
        if (Volatile.Read(ref RefusalOf(write)) is { } earlier)
        {
            var rest = earlier.Until - services.Clock.GetUtcNow();
            // Who sent several in one request cannot send one of them again before all are answered.
            if (rest > TimeSpan.Zero || !socket.CanAsk)
            {
                rest = rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1);
                Refuse(earlier.IsTooFast ? Problems.TooFast(rest) : Problems.Busy(rest), name, write.RequestId);
                window.Leave(size);
                return;
            }
        }
        try
        {
            var taken = await services.Limits.TakeAsync(limit, LimitKey.Of(write.Caller.SessionId));
            if (!taken.IsAllowed)
            {
                RefuseWrite(Problems.TooFast(taken.RetryAfter), write, name);
                window.Leave(size);
                return;
            }
            var committing = await writer(write);
            _ = AcknowledgeAsync(committing, write, channel, name, size);
        }
        catch (Exception e)
        {
            RefuseFailed(e, write, name);
            window.Leave(size);
        }
    }

    private async Task AcknowledgeAsync(Task<Outcome<Written>> committing, ChannelWrite write, ChannelId channel, string name, int size)
    {
        try
        {
            if ((await committing).Failed(out var problem, out var written))
                RefuseWrite(problem, write, name);
            else
                TrySend(services.Encoder.Ack(channel, write.RequestId, written));
        }
        catch (Exception e)
        {
            RefuseFailed(e, write, name);
        }
        finally
        {
            window!.Leave(size);
        }
    }

    private void RefuseFailed(Exception e, ChannelWrite write, string name)
    {
        var problem = ExceptionMapping.ToProblem(e);
        if (problem.Code == ProblemCode.Internal)
            LogWriteFailed(services.Logger, e, name);
        RefuseWrite(problem, write, name);
    }

    private void RefuseWrite(CodedProblem problem, ChannelWrite write, string name)
    {
        if (problem is { Code.Retryable: true, RetryAfter: { } wait })
            Volatile.Write(ref RefusalOf(write), new Refusal(problem.Code == ProblemCode.RateLimited, services.Clock.GetUtcNow() + wait));
        Refuse(problem, name, write.RequestId);
    }

    private ref Refusal? RefusalOf(ChannelWrite write) => ref write.Op == ChangeOp.Updates ? ref pushRefusal : ref refusal;

    private sealed record Refusal(bool IsTooFast, DateTimeOffset Until);

    [LoggerMessage(1503, LogLevel.Error, "A write to {Channel} failed")]
    private static partial void LogWriteFailed(ILogger logger, Exception exception, string channel);
}
