using Npgsql;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Storage;

/// <summary>
/// One transaction and the changes it tells the world. Committing appends them as its last statement, commits, and only
/// then delivers them; disposing without committing leaves nothing behind.
/// </summary>
public sealed class Work : IAsyncDisposable
{
    private readonly Database database;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Scope scope;
    private readonly Database.Turn turn;
    private readonly List<NewChange> changes = [];
    private bool entered;
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

    /// <summary>Adds a change that is appended to the log when this commits.</summary>
    public void Announce(NewChange change) => changes.Add(change);

    /// <summary>Appends the changes, commits, delivers. Answers the changes at their places, in the order announced.</summary>
    /// <param name="at">When it happened, for the log.</param>
    /// <remarks>Not cancelled half-way: from here on the caller's leaving changes nothing (the statement timeout bounds it).</remarks>
    public async Task<IReadOnlyList<Change>> CommitAsync(DateTimeOffset at)
    {
        var placed = changes.Count == 0 ? [] : await AppendAsync(at);
        await transaction.CommitAsync(CancellationToken.None);
        await DisposeAsync();
        if (placed.Count > 0)
            database.Announce(placed);
        return placed;
    }

    public async ValueTask DisposeAsync()
    {
        // Npgsql hands the transaction object of a returned connection to its next user: disposing it again would end theirs.
        if (isDisposed)
            return;
        isDisposed = true;
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        turn.Dispose();
    }

    private async Task<IReadOnlyList<Change>> AppendAsync(DateTimeOffset at)
    {
        var places = await QueryAsync(ChangeLog.Append, ChangeLog.AppendArgs(changes, at), CancellationToken.None);
        var placed = new Change[changes.Count];
        foreach (var place in places)
        {
            var change = changes[(int)place.Ord - 1];
            placed[place.Ord - 1] = new Change(
                change.Channel, place.Version, place.Epoch, change.Op, change.Resource, change.ResourceId, change.Data, change.Actor, change.Cause);
        }
        return placed;
    }

    private Scope EnterOnce()
    {
        if (entered)
            return Scope.None;
        entered = true;
        return scope;
    }
}
