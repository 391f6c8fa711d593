using System.Text.Json;
using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Sync;

/// <summary>
/// Carries out one operation, once, however often and by whatever way it comes. Its outcome commits with its work; what went over a socket
/// before is found in the log, which keeps the id of each write as the cause of its change.
/// </summary>
internal sealed partial class SyncOperations(
    IEnumerable<ISyncResource> resources, SyncMemory memory, RepeatedWrites repeats, Limiter limits, ILogger<SyncOperations> logger)
{
    private readonly Dictionary<string, ISyncResource> byName = resources.ToDictionary(resource => resource.Name, StringComparer.Ordinal);

    public async Task<SyncAnswer> RunAsync(SyncOperationRequest operation, Caller caller)
    {
        // What is recorded of it bears the operation's own id.
        Engine.Audit.Origin.Current = Origins.Of(Engine.Audit.Origin.Current, caller, operation.Id!);
        try
        {
            return await TryRunAsync(operation, caller);
        }
        catch (Exception e) when (ExceptionMapping.ToProblem(e) is var problem)
        {
            if (problem.Code == ProblemCode.Internal)
                LogFailed(e, operation.Resource!);
            return SyncAnswer.Refused(problem);
        }
    }

    private async Task<SyncAnswer> TryRunAsync(SyncOperationRequest operation, Caller caller)
    {
        if (!byName.TryGetValue(operation.Resource!, out var resource))
            return SyncAnswer.Refused(Problems.Invalid("resource", $"It must be one of {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal))}."));
        var op = OpOf(operation.Type!);
        if (resource.OperationOf(op) is not { } name)
            return SyncAnswer.Refused(Problems.Invalid("type", $"{resource.Name} cannot be {operation.Type}d."));
        if (KeyScopes.Refusal(caller, name) is { } unscoped)
            return SyncAnswer.Refused(unscoped);
        if (await FindAsync(operation, caller) is { } first)
            return first;
        var limit = await limits.TakeAsync(Limit.Writes, LimitKey.Of(caller.SessionId));
        if (!limit.IsAllowed)
            return SyncAnswer.Refused(Problems.TooFast(limit.RetryAfter));

        var write = new SyncWrite(caller, operation.Id!, op, operation.ResourceId, operation.Base, operation.Data);
        try
        {
            return await memory.OnceAsync(write, () => resource.ApplyAsync(write, CancellationToken.None));
        }
        catch (Exception e) when (e is ClaimRefusedException || e is PostgresException { ConstraintName: RepeatedWrites.CauseKey })
        {
            // The same operation came another way in the same moment, and that one was first.
            return await FindAsync(operation, caller)
                ?? SyncAnswer.Refused(new CodedProblem(ProblemCode.Unavailable, "The same operation is being worked on.", retryAfter: TimeSpan.FromSeconds(1)));
        }
    }

    private async Task<SyncAnswer?> FindAsync(SyncOperationRequest operation, Caller caller)
    {
        if (await memory.FindAsync(caller.UserId, operation.Id!) is { } known)
            return known;
        if (await repeats.FindAsync(caller.UserId, operation.Id!) is not { } written)
            return null;
        var data = JsonElement.Parse(written.Data.Span);
        var version = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("version", out var own) && own.TryGetInt64(out var number) ? number : written.Version;
        return SyncAnswer.Done(written.ResourceId, version, data);
    }

    private static ChangeOp OpOf(string type) => type switch
    {
        "create" => ChangeOp.Create,
        "update" => ChangeOp.Update,
        _ => ChangeOp.Delete,
    };

    [LoggerMessage(2801, LogLevel.Error, "An operation on {Resource} failed")]
    private partial void LogFailed(Exception exception, string resource);
}
