using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Renexus.Contracts;

namespace Renexus.Client.Offline;

/// <summary>Where an offline client stands (SY-1).</summary>
/// <param name="Version">The cursor up to which everything has been taken; null before the first sync.</param>
/// <param name="LastSyncedAt">When that was.</param>
/// <param name="PendingOperations">What has not reached the server yet, in order.</param>
public sealed record SyncState(string? Version, DateTimeOffset? LastSyncedAt, IReadOnlyList<SyncOperationRequest> PendingOperations);

/// <summary>An operation that the server did not carry out: somebody has to look at it.</summary>
/// <param name="Operation">What was wanted.</param>
/// <param name="Result">Why not: a conflict, or a problem.</param>
public sealed record UnresolvedOperation(SyncOperationRequest Operation, SyncResult Result);

/// <summary>What a sync did.</summary>
/// <param name="Results">The outcomes of the operations that were sent.</param>
/// <param name="Waits">Why it ended early: everything that is pending waits for the next sync. Null when everything was done.</param>
public sealed record SyncRun(IReadOnlyList<SyncResult> Results, Exception? Waits);

/// <summary>
/// Works without a connection (SY-5): what is done is on this machine's disk before the call returns, reaches the server once and in order, and
/// is dropped for no failure but the server's final word, which then stays visible in <see cref="Unresolved"/> and holds up nothing behind it.
/// </summary>
/// <remarks>One process at a time per folder. All members may be used from any thread.</remarks>
public sealed class OfflineClient : IDisposable
{
    private const int OperationsAtOnce = 100;

    private readonly RenexusClient client;
    private readonly Journal journal;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim syncing = new(1, 1);

    private OfflineClient(RenexusClient client, Journal journal, TimeProvider time) => (this.client, this.journal, this.time) = (client, journal, time);

    /// <summary>Opens the folder, with everything that an earlier process left in it.</summary>
    /// <param name="client">Signed in as the person whose folder it is, by the time of the first sync.</param>
    /// <param name="folder">One for each person.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">Another process has it open.</exception>
    /// <exception cref="InvalidDataException">Its file is damaged.</exception>
    public static OfflineClient Open(RenexusClient client, string folder, TimeProvider? time = null) =>
        new(client, Journal.Open(Path.Combine(folder, "outbox.log")), time ?? TimeProvider.System);

    /// <summary>Where it stands.</summary>
    public SyncState State
    {
        get
        {
            lock (gate)
                return new SyncState(journal.Cursor, journal.LastSyncedAt, [.. journal.Pending]);
        }
    }

    /// <summary>What the server did not carry out, until it is resolved or forgotten.</summary>
    public IReadOnlyList<UnresolvedOperation> Unresolved
    {
        get
        {
            lock (gate)
                return [.. journal.Unresolved];
        }
    }

    /// <summary>Keeps a creation; answers its operation's id, which is also the new thing's unless the data has one.</summary>
    /// <param name="resource">The kind of thing, such as <c>message</c>.</param>
    /// <param name="data">What is created, with the id of its parent.</param>
    public Guid Create(string resource, object data) => Keep("create", resource, null, null, data);

    /// <summary>Keeps a change.</summary>
    /// <param name="resource">The kind of thing.</param>
    /// <param name="resourceId">Which one; null for what a person has one of.</param>
    /// <param name="data">The members to change.</param>
    /// <param name="baseVersion">The version that the change was made on.</param>
    public Guid Update(string resource, Guid? resourceId, object data, long? baseVersion = null) => Keep("update", resource, resourceId, baseVersion, data);

    /// <summary>Keeps a deletion.</summary>
    public Guid Delete(string resource, Guid resourceId, long? baseVersion = null) => Keep("delete", resource, resourceId, baseVersion, null);

    /// <summary>Keeps the resolution of a conflict, as a new operation on the version that the conflict named, and forgets the conflict.</summary>
    /// <param name="id">The operation's that conflicted.</param>
    /// <param name="data">What shall be; null to delete.</param>
    /// <exception cref="KeyNotFoundException">There is no such conflict.</exception>
    public Guid Resolve(string id, object? data)
    {
        lock (gate)
        {
            var (operation, result) = journal.Unresolved.FirstOrDefault(u => u.Operation.Id == id && u.Result.Conflict is not null)
                ?? throw new KeyNotFoundException($"There is no conflict of the operation {id}.");
            // First the new one: a kill in between leaves both, and nothing is lost.
            var fresh = Keep(data is null ? "delete" : "update", operation.Resource!, result.ResourceId ?? operation.ResourceId, result.Conflict!.Version, data);
            journal.Forget(id);
            return fresh;
        }
    }

    /// <summary>Gives up on what the server did not carry out.</summary>
    public void Forget(string id)
    {
        lock (gate)
            journal.Forget(id);
    }

    /// <summary>Sends what is pending, in order, then hands over what happened. A failure that passes ends it early and loses nothing.</summary>
    /// <param name="take">
    /// Gets each page before its cursor is kept: what it did not finish comes again. Null to send only.
    /// </param>
    /// <param name="cancellationToken">Ends it between two requests.</param>
    public async Task<SyncRun> SyncAsync(Func<SyncChanges, CancellationToken, Task>? take = null, CancellationToken cancellationToken = default)
    {
        await syncing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var results = new List<SyncResult>();
        try
        {
            var waits = await PushAsync(results, cancellationToken).ConfigureAwait(false);
            if (waits is null && take is not null)
                await PullAsync(take, cancellationToken).ConfigureAwait(false);
            return new SyncRun(results, waits);
        }
        catch (Exception e) when (e is HttpRequestException || (e is ProblemException problem && IsPassing(problem.Status)))
        {
            return new SyncRun(results, e);
        }
        finally
        {
            syncing.Release();
        }
    }

    /// <summary>Closes the file; what is pending stays in it.</summary>
    public void Dispose()
    {
        lock (gate)
            journal.Dispose();
        syncing.Dispose();
    }

    // 401, too: whoever logs in again goes on where it stopped.
    private static bool IsPassing(int? status) => status is null or 401 or 408 or 409 or 429 or >= 500;

    private Guid Keep(string type, string resource, Guid? resourceId, long? baseVersion, object? data)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var operation = new SyncOperationRequest
        {
            Id = id.ToString(),
            Type = type,
            Resource = resource,
            ResourceId = resourceId,
            Base = baseVersion,
            Data = data switch
            {
                null => null,
                JsonElement element => element,
                _ => JsonSerializer.SerializeToElement(data, data.GetType(), Writing),
            },
            Timestamp = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        lock (gate)
            journal.Add(operation);
        return id;
    }

    private async Task<Exception?> PushAsync(List<SyncResult> results, CancellationToken cancellationToken)
    {
        while (true)
        {
            SyncOperationRequest[] next;
            lock (gate)
                next = [.. journal.Pending.Take(OperationsAtOnce)];
            if (next.Length == 0)
                return null;
            var answer = await client.Sync.ApplyAsync(next, cancellationToken).ConfigureAwait(false);
            foreach (var result in answer.Results)
            {
                // What passes stops the line here: what is behind must not overtake.
                if (result is { Outcome: SyncOutcomes.Rejected, Problem: { } problem } && IsPassingCode(problem.Code))
                    return new ProblemException(problem);
                lock (gate)
                {
                    if (result.Outcome is SyncOutcomes.Applied or SyncOutcomes.Merged)
                        journal.Done([result.Id]);
                    else
                        journal.Leave(result);
                }

                results.Add(result);
            }
        }
    }

    private static bool IsPassingCode(string code) => code is ProblemCodes.RateLimited or ProblemCodes.Unavailable or ProblemCodes.Internal
        or ProblemCodes.TokenExpired or ProblemCodes.Unauthenticated or ProblemCodes.ProviderFailed or ProblemCodes.RequestTimeout;

    private async Task PullAsync(Func<SyncChanges, CancellationToken, Task> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            string? since;
            lock (gate)
                since = journal.Cursor;
            var page = await client.Sync.GetAsync(since, cancellationToken).ConfigureAwait(false);
            await take(page, cancellationToken).ConfigureAwait(false);
            lock (gate)
                journal.Synced(page.Cursor, time.GetUtcNow());
            if (page.Complete)
                return;
        }
    }

    // Programs hand over records of Contracts or objects of their own.
    private static readonly JsonSerializerOptions Writing = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Lenient, new DefaultJsonTypeInfoResolver()),
    };
}
