using System.Data;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;

namespace Renexus.Engine.Storage;

/// <summary>
/// The way to PostgreSQL. A read is one round trip: the scope is set in the same implicit transaction as the statement.
/// A write is a <see cref="Work"/>. A fair queue stands in front of the pool.
/// </summary>
public sealed partial class Database(
    NpgsqlDataSource app, NpgsqlDataSource log, ILogger<Database> logger, DatabaseLimits limits, NpgsqlDataSource? jobs = null) : IDisposable
{
    private const string EnterUser = "select engine.enter($1, null)";
    private const string EnterUsers = "select engine.enter_each($1)";
    private const string EnterWorkspaces = "select engine.enter(null, $1)";

    static Database() => RowMapping.Register();

    private readonly SemaphoreSlim gate = new(limits.Concurrency);
    private readonly SemaphoreSlim jobGate = new(limits.JobConcurrency);
    private readonly SemaphoreSlim snapshotGate = new(DatabaseLimits.Snapshots);

    /// <summary>Raised on the committing thread, after each commit that appended changes, with them in order.</summary>
    public event Action<IReadOnlyList<Change>>? Committed;

    /// <summary>Raised on the committing thread after each commit that wrote into the audit trail.</summary>
    public event Action? Recorded;

    /// <summary>The application's connections (row-level security applies).</summary>
    internal NpgsqlDataSource App => app;

    /// <summary>The log reader's connections: they see the log of every workspace, and nothing else.</summary>
    internal NpgsqlDataSource Log => log;

    /// <summary>All rows of a statement.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(
        Scope scope, Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        if (Enlistment.Current?.Held is { } held)
            return await held.QueryAsync(scope, query, args, cancellationToken);
        using var turn = await EnterAsync(cancellationToken);
        await using var connection = await app.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        return await RunAsync(batch, scope, query, args, cancellationToken);
    }

    /// <summary>The first row, or the default when there is none.</summary>
    public async Task<TRow?> QueryFirstAsync<TRow>(
        Scope scope, Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(scope, query, args, cancellationToken);
        return rows.Count == 0 ? default : rows[0];
    }

    /// <summary>Runs a statement that returns nothing; answers how many rows it touched.</summary>
    public async Task<int> ExecuteAsync(Scope scope, Command command, Arg[] args, CancellationToken cancellationToken)
    {
        if (Enlistment.Current?.Held is { } held)
            return await held.ExecuteAsync(scope, command, args, cancellationToken);
        using var turn = await EnterAsync(cancellationToken);
        await using var connection = await app.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        return await RunAsync(batch, scope, command, args, cancellationToken);
    }

    /// <summary>Begins a transaction; nothing is sent before its first statement, unless an <see cref="Enlistment"/> has one.</summary>
    public async Task<Work> BeginAsync(Scope scope, CancellationToken cancellationToken)
    {
        var enlistment = Enlistment.Current;
        if (enlistment is { IsHeld: true })
            await enlistment.CommitHeldAsync();
        var work = await OpenAsync(scope, await EnterAsync(cancellationToken), IsolationLevel.ReadCommitted, cancellationToken);
        if (enlistment is null)
            return work;
        try
        {
            await work.EnlistAsync(enlistment, cancellationToken);
            return work;
        }
        catch
        {
            await work.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Begins a long reading that sees the database as it is at its first statement, whatever others commit meanwhile. It holds a connection, but no place in the
    /// queue in front of the pool: most of the time it waits for whoever reads. Dispose it; it writes nothing, and never waits longer than the idle limit of a transaction.
    /// </summary>
    public async Task<Work> BeginSnapshotAsync(Scope scope, CancellationToken cancellationToken)
    {
        await snapshotGate.WaitAsync(cancellationToken);
        return await OpenAsync(scope, new Turn(snapshotGate), IsolationLevel.RepeatableRead, cancellationToken);
    }

    /// <summary>Writes entries into the audit trail that belong to no other transaction: a refusal, for instance.</summary>
    public async Task RecordAsync(AuditEntry entry, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var scope = entry.WorkspaceId is { } workspace ? Scope.In(workspace) : Scope.None;
        await ExecuteAsync(scope, AuditLog.Append, AuditLog.Args([new(entry, Origin.Current)], at), cancellationToken);
        AnnounceEntries();
    }

    /// <summary>Reads as the log reader, outside the gate of ordinary work: delivery must not wait behind it.</summary>
    public async Task<IReadOnlyList<TRow>> QueryLogAsync<TRow>(
        Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        await using var connection = await log.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        return await RunAsync(batch, Scope.None, query, args, cancellationToken);
    }

    /// <summary>Executes as the log reader.</summary>
    public async Task<int> ExecuteLogAsync(Command command, Arg[] args, CancellationToken cancellationToken)
    {
        await using var connection = await log.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        return await RunAsync(batch, Scope.None, command, args, cancellationToken);
    }

    /// <summary>Runs a statement of those who work on jobs: on connections of their own, so that neither they nor requests nor delivery wait for each other.</summary>
    public async Task<IReadOnlyList<TRow>> QueryJobsAsync<TRow>(Query<TRow> query, Arg[] args, CancellationToken cancellationToken)
    {
        await jobGate.WaitAsync(cancellationToken);
        using var turn = new Turn(jobGate);
        await using var connection = await (jobs ?? log).OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        return await RunAsync(batch, Scope.None, query, args, cancellationToken);
    }

    /// <summary>Tells the readers of the log what has just been committed; a group commit calls it, a <see cref="Work"/> does by itself.</summary>
    public void Announce(IReadOnlyList<Change> changes) => Committed?.Invoke(changes);

    internal void AnnounceEntries() => Recorded?.Invoke();

    internal async Task<IReadOnlyList<TRow>> RunAsync<TRow>(
        NpgsqlBatch batch, Scope scope, Query<TRow> query, Arg[] args, CancellationToken cancellationToken, (Command Command, Arg[] Args)? first = null)
    {
        var entered = Fill(batch, scope, query, args, first);
        var started = Stopwatch.GetTimestamp();
        var rows = new List<TRow>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (entered)
                await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(query.Read(reader));
        }
        Report(query, started);
        return rows;
    }

    internal async Task<int> RunAsync(
        NpgsqlBatch batch, Scope scope, Command command, Arg[] args, CancellationToken cancellationToken)
    {
        Fill(batch, scope, command, args);
        var started = Stopwatch.GetTimestamp();
        await batch.ExecuteNonQueryAsync(cancellationToken);
        Report(command, started);
        return batch.BatchCommands[^1].RecordsAffected;
    }

    /// <param name="first">Goes before the statement in the same round trip; it returns nothing, so no result of it is in the way.</param>
    private static bool Fill(NpgsqlBatch batch, Scope scope, Statement statement, ReadOnlySpan<Arg> args, (Command Command, Arg[] Args)? first = null)
    {
        var entered = true;
        if (scope.Workspaces is { } workspaces)
            batch.BatchCommands.Add(CommandOf(EnterWorkspaces, [workspaces]));
        else if (scope.User is { } user)
            batch.BatchCommands.Add(CommandOf(EnterUser, [user]));
        else if (scope.Users is { } users)
            batch.BatchCommands.Add(CommandOf(EnterUsers, [users]));
        else
            entered = false;
        if (first is var (command, values))
            batch.BatchCommands.Add(CommandOf(command.Text, values));
        batch.BatchCommands.Add(CommandOf(statement.Text, args));
        return entered;
    }

    private static NpgsqlBatchCommand CommandOf(string text, ReadOnlySpan<Arg> args)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var arg in args)
            command.Parameters.Add(arg.Parameter);
        return command;
    }

    private void Report(Statement statement, long started)
    {
        var elapsed = Stopwatch.GetElapsedTime(started);
        if (elapsed < limits.Slow)
            return;
        if (elapsed < limits.VerySlow)
            LogSlow(statement.Name, elapsed.TotalMilliseconds);
        else
            LogVerySlow(statement.Name, elapsed.TotalMilliseconds);
    }

    private async Task<Work> OpenAsync(Scope scope, Turn turn, IsolationLevel isolation, CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await app.OpenConnectionAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            return new Work(this, connection, transaction, scope, turn);
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync();
            turn.Dispose();
            throw;
        }
    }

    private async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Turn(gate);
    }

    public void Dispose()
    {
        gate.Dispose();
        jobGate.Dispose();
        snapshotGate.Dispose();
    }

    /// <summary>A place in front of the pool; giving it back lets the longest waiter in.</summary>
    internal sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? held = gate;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }

    [LoggerMessage(1001, LogLevel.Information, "Slow statement {Statement} took {Milliseconds:F0} ms")]
    private partial void LogSlow(string statement, double milliseconds);

    [LoggerMessage(1002, LogLevel.Warning, "Very slow statement {Statement} took {Milliseconds:F0} ms")]
    private partial void LogVerySlow(string statement, double milliseconds);
}
