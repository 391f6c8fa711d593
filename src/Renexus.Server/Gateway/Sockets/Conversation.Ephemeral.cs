using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// What a client tells the others and nobody keeps (docs/spec/presence.md). It is never acknowledged: what is over the limit is left out
/// silently, because it is said again anyway.
/// </summary>
internal sealed partial class Conversation
{
    /// <summary>How long a permission to tell is remembered; changes of membership end it at once.</summary>
    private static readonly TimeSpan AllowedFor = TimeSpan.FromSeconds(30);

    private static readonly JsonReaderOptions OpReaderOptions = new() { MaxDepth = ContractsJson.MaxDepth };

    // Made when something is told: most connections never do.
    private Telling? telling;

    private ValueTask TellAsync(string name, string op, string? id, ReadOnlyMemory<byte> payload)
    {
        if (!services.Channels.TryFind(name, out var channel, out var rules))
        {
            Refuse(Unknown(name), name, id);
            return ValueTask.CompletedTask;
        }
        var news = rules.Ephemeral.FirstOrDefault(known => string.Equals(known.Op, op, StringComparison.Ordinal))
            ?? throw new RefusedMessage("payload.op", $"On a {rules.Name} channel it must be create, update or delete{string.Concat(rules.Ephemeral.Select(known => $" or {known.Op}"))}.");
        if (payload.Length > EphemeralRelay.MaxBytes)
            throw new RefusedMessage("payload", $"It is larger than {EphemeralRelay.MaxBytes} bytes, which is the most for something that passes by.");
        if (caller!.Scopes is not null && KeyScopes.Refusal(caller, $"{op} on {rules.Name}") is { } unscoped)
        {
            Refuse(unscoped, name, id);
            return ValueTask.CompletedTask;
        }
        return TellAsync(channel, news, name, id, news.Encode(caller!, payload));
    }

    private async ValueTask TellAsync(ChannelId channel, EphemeralNews news, string name, string? id, byte[] told)
    {
        try
        {
            var (clock, last) = (services.Clock, telling);
            var isSame = last is not null && last.Channel == channel && ReferenceEquals(last.News, news);
            if (isSame && clock.GetElapsedTime(last!.ToldAt) < news.MergeWithin)
                return;
            if (!(await services.Limits.TakeAsync(Limit.Ephemeral, LimitKey.Of(caller!.SessionId))).IsAllowed)
                return;
            var allowedAt = last?.AllowedAt ?? 0;
            if (!isSame || clock.GetElapsedTime(allowedAt) >= AllowedFor)
            {
                if (await news.RefusalAsync(caller!, channel.Id, CancellationToken.None) is { } refusal)
                {
                    Refuse(refusal, name, id);
                    return;
                }
                allowedAt = clock.GetTimestamp();
            }
            telling = new Telling(channel, news, clock.GetTimestamp(), allowedAt);
            services.Ephemeral.Tell(channel, told);
        }
        catch (Exception e) when (ExceptionMapping.ToProblem(e) is var problem)
        {
            if (problem.Code == ProblemCode.Internal)
                LogTellFailed(services.Logger, e, name);
            Refuse(problem, name, id);
        }
    }

    /// <summary>The <c>op</c> of a payload that creates, updates or deletes no resource; null when it does, or has none.</summary>
    private static string? EphemeralOp(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return null;
        var reader = new Utf8JsonReader(payload, OpReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isOp = reader.ValueTextEquals("op"u8);
            reader.Read();
            if (isOp)
            {
                var isWrite = reader.TokenType != JsonTokenType.String || reader.ValueTextEquals("create"u8) || reader.ValueTextEquals("update"u8) || reader.ValueTextEquals("delete"u8);
                return isWrite ? null : JsonPieces.Read(ref reader, "payload.op", 32);
            }
            reader.Skip();
        }
        return null;
    }

    /// <summary>What was last told, and since when it is known to be allowed.</summary>
    private sealed record Telling(ChannelId Channel, EphemeralNews News, long ToldAt, long AllowedAt);

    [LoggerMessage(1505, LogLevel.Error, "Something that passes by could not be told on {Channel}")]
    private static partial void LogTellFailed(ILogger logger, Exception exception, string channel);
}
