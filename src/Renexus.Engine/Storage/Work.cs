using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Storage;

/// <summary>
/// One transaction, the changes it tells the world and what it says of itself for the audit trail. Committing appends them as its
/// last statements in one round trip, commits, and only then delivers them; disposing without committing leaves nothing behind.
/// </summary>
public sealed class Work : IAsyncDisposable
{
    private readonly Database database;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Scope scope;
    private readonly Database.Turn turn;
    private readonly List<NewChange> changes = [];
    private readonly List<AuditLog.Recorded> entries = [];
    private readonly List<Action> afterwards = [];
    private Enlistment? enlistment;
    private IReadOnlyList<Change> placed = [];
    private bool entered;
    private bool isHeld;
    private bool isDisposed;

    internal Work(Database database, NpgsqlConnection connection, NpgsqlTransaction transaction, Scope scope, Database.Turn turn) =>
        (this.database, this.connection, this.transaction, this.scope, this.turn) = (database, connection, transaction, scope, turn);

    /// <summary>All rows of a statement inside the transaction.</summary>
    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        return await database.RunAsync(batch, EnterOnce(), query, args, cancellationToken);
    }

    /// <summary>The first row, or the default when there is none.</summary>
    public async Task<TRow?> QueryFirstAsync<TRow>(Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(query, args, cancellationToken);
        return rows.Count == 0 ? default : rows[0];
    }

    /// <summary>Runs a statement that returns nothing; answers how many rows it touched.</summary>
    public async Task<int> ExecuteAsync(Command command, Arg[] args, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        return await database.RunAsync(batch, EnterOnce(), command, args, cancellationToken);
    }

    /// <summary>The same under another scope than the transaction's own, which is set anew by the next statement.</summary>
    internal async Task<int> ExecuteAsync(Scope other, Command command, Arg[] args, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        entered = false;
        return await database.RunAsync(batch, other, command, args, cancellationToken);
    }

    /// <summary>A read of the flow that this transaction is held in, see <see cref="Enlistment"/>.</summary>
    internal async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(Scope other, Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        entered = false;
        return await database.RunAsync(batch, other, query, args, cancellationToken);
    }

    /// <summary>Adds a change that is appended to the log when this commits.</summary>
    public void Announce(NewChange change) => changes.Add(change);

    /// <summary>Adds an entry that is written into the audit trail when this commits, with the origin of this moment.</summary>
    public void Record(AuditEntry entry) => entries.Add(new(entry, Origin.Current));

    /// <summary>Does something once this has been committed; not at all when it is not.</summary>
    public void AfterCommit(Action action) => afterwards.Add(action);

    /// <summary>Appends the changes and audit entries, commits, delivers. Answers the changes at their places, in the order announced.</summary>
    /// <param name="at">When it happened, for the log.</param>
    /// <remarks>Not cancelled half-way: from here on the caller's leaving changes nothing (the statement timeout bounds it).</remarks>
    public async Task<IReadOnlyList<Change>> CommitAsync(DateTimeOffset at)
    {
        placed = changes.Count > 0 ? await AppendAsync(at) : [];
        if (changes.Count == 0 && entries.Count > 0)
            await ExecuteAsync(AuditLog.Append, AuditLog.Args(entries, at), CancellationToken.None);
        if (enlistment is null)
            await FinishAsync();
        else
            Hold(enlistment);
        return placed;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isHeld)
            await AbandonAsync();
    }

    /// <summary>Somebody else has a part in this transaction, and ends it.</summary>
    internal async Task EnlistAsync(Enlistment other, CancellationToken cancellationToken)
    {
        await other.JoinAsync(this, cancellationToken);
        if (other.Has(this))
            enlistment = other;
    }

    /// <summary>Commits, and delivers.</summary>
    internal async Task FinishAsync()
    {
        await transaction.CommitAsync(CancellationToken.None);
        await AbandonAsync();
        if (placed.Count > 0)
            database.Announce(placed);
        if (entries.Count > 0)
            database.AnnounceEntries();
        foreach (var action in afterwards)
            action();
    }

    /// <summary>Gives everything back; what was not committed is undone.</summary>
    internal async ValueTask AbandonAsync()
    {
        // Npgsql hands the transaction object of a returned connection to its next user: disposing it again would end theirs.
        if (isDisposed)
            return;
        isDisposed = true;
        enlistment?.Leave(this);
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        turn.Dispose();
    }

    private void Hold(Enlistment holder)
    {
        isHeld = true;
        holder.Hold(this);
        // The wait is for the answer, not for the database: whoever stands in line may go on.
        turn.Dispose();
    }

    private async Task<IReadOnlyList<Change>> AppendAsync(DateTimeOffset at)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        (Command, Arg[])? audit = entries.Count > 0 ? (AuditLog.Append, AuditLog.Args(entries, at)) : null;
        var places = await database.RunAsync(
            batch, EnterOnce(), ChangeLog.Append, ChangeLog.AppendArgs(changes, at), CancellationToken.None, audit);
        var located = new Change[changes.Count];
        foreach (var place in places)
        {
            var change = changes[(int)place.Ord - 1];
            located[place.Ord - 1] = new Change(
                change.Channel, place.Version, place.Epoch, change.Op, change.Resource, change.ResourceId, change.Data, change.Actor, change.Cause);
        }
        return located;
    }

    private Scope EnterOnce()
    {
        if (entered)
            return Scope.None;
        entered = true;
        return scope;
    }
}
