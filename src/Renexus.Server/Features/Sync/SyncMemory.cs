using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Sync;

/// <summary>What became of the operations of the last 30 days, written by the transaction that carried them out.</summary>
internal sealed class SyncMemory(Database database, TimeProvider clock)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private static readonly Query<string> ById = new("sync.operation_by_id", """
        select answer from sync.operation where user_id = $1 and id = $2 and answer is not null
        """);

    private static readonly Command Claim = new("sync.claim_operation", """
        insert into sync.operation (user_id, id, created_at) values ($1, $2, $3) on conflict (user_id, id) do nothing
        """);

    private static readonly Command Keep = new("sync.keep_answer", """
        update sync.operation set answer = $3 where user_id = $1 and id = $2
        """);

    private static readonly Command Remember = new("sync.remember_operation", """
        insert into sync.operation (user_id, id, answer, created_at) values ($1, $2, $3, $4) on conflict (user_id, id) do nothing
        """);

    private static readonly Query<Forgotten> Forget = new("sync.forget_operations", "select sync.forget_operations($1, $2) as operations");

    /// <summary>The answer that was given; null when the operation is new.</summary>
    public async Task<SyncAnswer?> FindAsync(Guid userId, string id)
    {
        var answer = await database.QueryFirstAsync(Scope.Of(userId), ById, [userId, id], CancellationToken.None);
        if (answer is null)
            return null;
        var known = JsonSerializer.Deserialize<SyncResult>(answer, Json.Options)!;
        return new SyncAnswer(known.Outcome, known.ResourceId, known.Version, known.Data);
    }

    /// <summary>Carries an operation out with its answer in one transaction. One that changed nothing is not remembered: it may be tried again.</summary>
    /// <exception cref="ClaimRefusedException">The same is being carried out, or was in this moment.</exception>
    public async Task<SyncAnswer> OnceAsync(SyncWrite write, Func<Task<SyncAnswer>> operation)
    {
        var (user, scope) = (write.Caller.UserId, Scope.Of(write.Caller.UserId));
        await using var enlistment = Enlistment.Begin(scope, Claim, () => [user, write.Id, clock.GetUtcNow()]);
        var answer = await operation();
        if (answer.Conflict is not null || answer.Problem is not null)
            return answer;
        var text = JsonSerializer.Serialize(answer.ToResult(write.Id, traceId: null), Json.Options);
        if (enlistment.IsHeld)
        {
            await enlistment.CompleteAsync(Keep, [user, write.Id, text]);
            return answer;
        }
        // A message commits in a batch with others'. Until this is written the log alone remembers it, by its cause.
        await enlistment.DisposeAsync();
        await database.ExecuteAsync(scope, Remember, [user, write.Id, text, clock.GetUtcNow()], CancellationToken.None);
        return answer;
    }

    /// <summary>Removes what is past its time, a batch at a time.</summary>
    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        const int batch = 1_000;
        while ((await database.QueryFirstAsync(Scope.None, Forget, [clock.GetUtcNow() - Retention, batch], cancellationToken))!.Operations >= batch)
            await Task.Yield();
    }

    private sealed record Forgotten(int Operations);
}

/// <summary>Forgets operations that are past their time.</summary>
internal sealed class SyncForgetting(SyncMemory memory)
{
    public static readonly JobKind<NoPayload> Kind = new("sync.forget", Queues.Maintenance);

    public static readonly JobSchedule EveryHalfHour = new("sync.forget", "*/30 * * * *", Kind, new NoPayload());

    public Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) => memory.ForgetOldAsync(cancellationToken);
}
