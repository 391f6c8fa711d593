using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Idempotency;

/// <summary>The requests of the last day that came with a key, and what they were answered.</summary>
internal sealed class RequestMemory(Database database, SecretFields secrets, TimeProvider clock)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>Answers may hold tokens.</summary>
    public static readonly SecretColumn AnswerColumn = new("gateway.idempotent_request", "answer", "encode(id, 'hex')", "answer is not null");

    private sealed record Row(byte[] Fingerprint, byte[]? Answer);

    private sealed record Forgotten(int Requests);

    private static readonly Query<Row> ById = new("gateway.request_by_id", """
        select fingerprint, answer from gateway.idempotent_request
        where id = $1 and user_id is not distinct from $2 and created_at > $3
        """);

    // One that is older than a day counts as new.
    private static readonly Command Claim = new("gateway.claim_request", """
        insert into gateway.idempotent_request as r (id, user_id, fingerprint, created_at) values ($1, $2, $3, $4)
        on conflict (id) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at
        where r.created_at <= $5
        """);

    private static readonly Command Keep = new("gateway.keep_answer", """
        update gateway.idempotent_request set answer = $2 where id = $1
        """);

    private static readonly Command KeepNone = new("gateway.keep_no_answer", """
        update gateway.idempotent_request set answer = null where id = $1
        """);

    private static readonly Command Leave = new("gateway.give_up_request", """
        delete from gateway.idempotent_request where id = $1
        """);

    private static readonly Query<Forgotten> Forget = new("gateway.forget_requests", """
        select gateway.forget_requests($1, $2) as requests
        """);

    /// <summary>What is known of this key; null when it is new.</summary>
    public async Task<Known?> FindAsync(RepeatableRequest request, CancellationToken cancellationToken)
    {
        var row = await database.QueryFirstAsync(
            ScopeOf(request), ById, [request.Id, request.UserId, clock.GetUtcNow() - Retention], cancellationToken);
        return row is null ? null : new Known(row.Fingerprint.AsSpan().SequenceEqual(request.Fingerprint), Open(request, row.Answer));
    }

    /// <summary>Lets the next transaction of this flow take the key with it.</summary>
    public Enlistment Enlist(RepeatableRequest request) => Enlistment.Begin(ScopeOf(request), Claim, () => ClaimArgs(request));

    /// <summary>Commits the work with its answer; with none, the key stays taken.</summary>
    public Task CompleteAsync(Enlistment enlistment, RepeatableRequest request, byte[]? answer) =>
        answer is null ? enlistment.CompleteAsync(KeepNone, [request.Id]) : enlistment.CompleteAsync(Keep, [request.Id, Seal(request, answer)]);

    /// <summary>Commits what the operation recorded although it refused; the key is free again.</summary>
    public static Task CompleteWithoutKeyAsync(Enlistment enlistment, RepeatableRequest request) => enlistment.CompleteAsync(Leave, [request.Id]);

    /// <summary>Keeps the answer of work that committed by itself.</summary>
    public async Task KeepAsync(RepeatableRequest request, byte[]? answer)
    {
        await using var work = await database.BeginAsync(ScopeOf(request), CancellationToken.None);
        await work.ExecuteAsync(Claim, ClaimArgs(request), CancellationToken.None);
        if (answer is not null)
            await work.ExecuteAsync(Keep, [request.Id, Seal(request, answer)], CancellationToken.None);
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>Frees a key whose request was refused after all.</summary>
    public Task GiveUpAsync(RepeatableRequest request) => database.ExecuteAsync(ScopeOf(request), Leave, [request.Id], CancellationToken.None);

    /// <summary>Removes what is older than the retention, a batch at a time; answers how many.</summary>
    public async Task<int> ForgetOldAsync(CancellationToken cancellationToken)
    {
        const int batch = 1000;
        var total = 0;
        while (true)
        {
            var rows = await database.QueryFirstAsync(Scope.None, Forget, [clock.GetUtcNow() - Retention, batch], cancellationToken);
            total += rows!.Requests;
            if (rows.Requests < batch)
                return total;
        }
    }

    private byte[] Seal(RepeatableRequest request, byte[] answer) => secrets.Encrypt(AnswerColumn, RowOf(request), answer);

    // One that cannot be opened any more (its key is gone) is one that was not kept.
    private byte[]? Open(RepeatableRequest request, byte[]? sealedAnswer)
    {
        try
        {
            return sealedAnswer is null ? null : secrets.Decrypt(AnswerColumn, RowOf(request), sealedAnswer);
        }
        catch (SecretException)
        {
            return null;
        }
    }

    private static string RowOf(RepeatableRequest request) => Convert.ToHexStringLower(request.Id);

    private static Scope ScopeOf(RepeatableRequest request) => request.UserId is { } user ? Scope.Of(user) : Scope.None;

    private Arg[] ClaimArgs(RepeatableRequest request)
    {
        var now = clock.GetUtcNow();
        return [request.Id, request.UserId, request.Fingerprint, now, now - Retention];
    }
}

/// <summary>A key that was used before.</summary>
/// <param name="IsSame">For the same request.</param>
/// <param name="Answer">Null when the work was done and its answer was lost, or was too large to keep.</param>
internal sealed record Known(bool IsSame, byte[]? Answer);
