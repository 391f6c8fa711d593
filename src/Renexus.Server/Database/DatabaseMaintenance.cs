using Npgsql;
using Renexus.Engine.Jobs;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Postgres;

/// <summary>
/// Keeps the database in shape (DB-6), as the owner of its tables: refreshes statistics that have grown old, rebuilds indexes that are mostly air, beside whoever uses
/// them, and reports how the indexes are used. The report is the job's result, for operators to read.
/// </summary>
internal sealed partial class DatabaseMaintenance(DatabaseServer server, ILogger<DatabaseMaintenance> logger)
{
    public static readonly JobKind<NoPayload> Kind = new("database.maintain", Queues.Maintenance)
    {
        Timeout = TimeSpan.FromHours(2),
        Retry = new RetryPolicy { MaxAttempts = 3, First = TimeSpan.FromMinutes(10) },
    };

    public static readonly JobSchedule Nightly = new("database.maintain", "17 3 * * *", Kind, new NoPayload());

    /// <summary>Smaller ones are not worth a rebuild.</summary>
    private const long SmallestBytes = 8 * 1024 * 1024;

    /// <summary>How many times the size it should have makes an index bloated.</summary>
    private const double Bloated = 2;

    private const int RebuiltAtOnce = 5;
    private const int Reported = 50;

    // The busy tables of jobs have no statistics on purpose: a moment in which they were empty must not decide plans.
    private const string Stale = """
        select format('%I.%I', s.schemaname, s.relname)
        from pg_stat_user_tables s
        where (s.n_mod_since_analyze > 1000 and s.n_mod_since_analyze > s.n_live_tup / 20 or coalesce(s.last_analyze, s.last_autoanalyze) is null and s.n_live_tup > 1000)
          and not (s.schemaname = 'jobs' and s.relname in ('ready', 'later', 'behind', 'running'))
        order by 1
        """;

    // What an index of so many entries of this width takes when its pages are as full as they are made.
    private const string Indexes = """
        select format('%I.%I', s.schemaname, s.indexrelname) as name, s.idx_scan as scans, pg_relation_size(s.indexrelid) as bytes,
               greatest(8192, c.reltuples * (16 + coalesce(w.width, 16)) / 0.9)::bigint as expected, i.indisunique as is_unique
        from pg_stat_user_indexes s
        join pg_index i on i.indexrelid = s.indexrelid
        join pg_class c on c.oid = s.indexrelid
        join pg_am m on m.oid = c.relam and m.amname = 'btree'
        left join lateral (
          select sum((p.avg_width + 7) / 8 * 8) as width
          from unnest(i.indkey) k (attnum) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
          join pg_stats p on p.schemaname = s.schemaname and p.tablename = s.relname and p.attname = a.attname) w on true
        where i.indisvalid and c.reltuples >= 0
        order by bytes desc
        """;

    // What a rebuild that was cut off has left.
    private const string Leftovers = """
        select format('%I.%I', n.nspname, c.relname)
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        where not i.indisvalid and c.relname like '%\_ccnew%'
        """;

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        await using var login = DataSources.ForLogin(server.Address);
        await using var connection = await login.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"set role {DatabaseRoles.Owner}", cancellationToken);
        // Whoever waits for a lock here gives way to everybody else.
        await ExecuteAsync(connection, "set lock_timeout = '10s'", cancellationToken);

        job.Report(0, "Statistics");
        var stale = await NamesAsync(connection, Stale, cancellationToken);
        foreach (var table in stale)
            await ExecuteAsync(connection, $"analyze {table}", cancellationToken);

        job.Report(30, "Indexes");
        foreach (var leftover in await NamesAsync(connection, Leftovers, cancellationToken))
            await ExecuteAsync(connection, $"drop index concurrently if exists {leftover}", cancellationToken);
        var indexes = await IndexesAsync(connection, cancellationToken);
        var rebuilt = new List<string>();
        foreach (var index in indexes.Where(index => index.Bytes > SmallestBytes && index.Bytes > Bloated * index.Expected).Take(RebuiltAtOnce))
        {
            await ExecuteAsync(connection, $"reindex index concurrently {index.Name}", cancellationToken);
            LogRebuilt(index.Name, index.Bytes);
            rebuilt.Add(index.Name);
        }

        job.SetResult(new
        {
            analyzed = stale,
            rebuilt,
            unused = indexes.Where(index => index is { Scans: 0, IsUnique: false }).Select(index => index.Name).ToArray(),
            indexes = indexes.Take(Reported).Select(index => new { index.Name, index.Bytes, index.Scans, bloat = Math.Round((double)index.Bytes / index.Expected, 1) }).ToArray(),
        });
    }

    private static async Task<List<IndexRow>> IndexesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Indexes, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<IndexRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4)));
        return rows;
    }

    private static async Task<List<string>> NamesAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    // Names come from the catalogue, quoted by it; neither analyze nor reindex takes parameters.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record IndexRow(string Name, long Scans, long Bytes, long Expected, bool IsUnique);

    [LoggerMessage(1006, LogLevel.Information, "Index {Index} of {Bytes} bytes was rebuilt")]
    private partial void LogRebuilt(string index, long bytes);
}
