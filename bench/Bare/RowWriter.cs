using System.Threading.Channels;
using Npgsql;

namespace Renexus.Bare;

/// <summary>A row to be committed.</summary>
internal sealed record Row(Guid Id, Guid Thread, byte[] Body)
{
    public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Commits what came while the last commit ran, at most 256 rows in a statement, over two connections: the most that PostgreSQL took here (a primary key, no other index, no foreign key).
/// </summary>
internal sealed class RowWriter : IAsyncDisposable
{
    private const int AtOnce = 256;
    private const int Connections = 2;

    private readonly NpgsqlDataSource source;
    private readonly Channel<Row> rows = Channel.CreateUnbounded<Row>();
    private readonly Task[] writing;

    private RowWriter(NpgsqlDataSource source)
    {
        this.source = source;
        writing = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(WriteAsync))];
    }

    public static async Task<RowWriter> OpenAsync(string connectionString)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        await using var make = database.CreateCommand("create table if not exists message (id uuid primary key, thread uuid not null, body bytea not null)");
        await make.ExecuteNonQueryAsync();
        return new RowWriter(database);
    }

    /// <summary>Returns after the commit.</summary>
    public Task AddAsync(Row row)
    {
        rows.Writer.TryWrite(row);
        return row.Committed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        rows.Writer.Complete();
        await Task.WhenAll(writing);
        await source.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("insert into message select * from unnest($1, $2, $3)", connection)
        {
            Parameters = { new NpgsqlParameter<Guid[]>(), new NpgsqlParameter<Guid[]>(), new NpgsqlParameter<byte[][]>() },
        };
        var batch = new List<Row>(AtOnce);
        while (await rows.Reader.WaitToReadAsync())
        {
            while (batch.Count < AtOnce && rows.Reader.TryRead(out var row))
                batch.Add(row);
            if (batch.Count == 0)
                continue;
            ((NpgsqlParameter<Guid[]>)insert.Parameters[0]).TypedValue = [.. batch.Select(row => row.Id)];
            ((NpgsqlParameter<Guid[]>)insert.Parameters[1]).TypedValue = [.. batch.Select(row => row.Thread)];
            ((NpgsqlParameter<byte[][]>)insert.Parameters[2]).TypedValue = [.. batch.Select(row => row.Body)];
            await insert.ExecuteNonQueryAsync();
            foreach (var row in batch)
                row.Committed.SetResult();
            batch.Clear();
        }
    }
}
