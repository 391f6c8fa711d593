using Dapper;
using Npgsql;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;
using Renexus.Server.Postgres;

namespace Renexus.Server.Commands;

/// <summary>
/// Gives the secret fields a new key while the server runs (SE-3): makes it, then encrypts every value again in batches. Run again after
/// an interruption it goes on where it was; old keys stay in the file, for backups that were made with them.
/// </summary>
internal static class RotateKeys
{
    private const int BatchSize = 200;

    /// <param name="build">Makes the server without starting it: its features know the columns.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="stageOnly">Only make the new key known; where nodes have copies of the file, each needs it before it is used.</param>
    /// <param name="stop">Stops between two batches.</param>
    public static async Task<int> RunAsync(Func<string[], WebApplication> build, string[] settings, bool stageOnly, CancellationToken stop)
    {
        await using var app = build(settings);
        var options = app.Services.GetRequiredService<RenexusOptions>();
        var file = SecretKeys.FileOf(options);
        var keys = file.ReadOrCreate();
        await using var installation = await Installation.OpenAsync(options, stop);
        await using var database = await installation.OpenAsOwnerAsync(stop);
        var columns = app.Services.GetServices<SecretColumn>().ToArray();

        var used = await UsedAsync(database);
        if (keys.Where(key => !used.Contains(key.Name)).ToArray() is not [var fresh, ..])
        {
            var isUnfinished = await CountOthersAsync(database, columns, keys[^1]) > 0;
            if (isUnfinished && !stageOnly)
                return await FinishAsync(database, columns, keys, stop);
            fresh = SecretKey.Create();
        }

        // Staged: first in the file, where it decrypts only.
        if (stageOnly)
        {
            file.Write([fresh, .. keys.Where(key => key.Name != fresh.Name)]);
            Console.WriteLine($"Key {fresh.Name} stands ready in {file.FullPath}. Copy that file to every node, then run rotate-keys.");
            return 0;
        }

        keys = [.. keys.Where(key => key.Name != fresh.Name), fresh];
        var wrapped = SecretKeyCheck.PasswordOf(options) is { } password ? WrappedKey.Wrap(fresh, password) : null;
        await database.ExecuteAsync(
            "insert into secrets.key (id, first_used_at, wrapped) values (@Id, now(), @wrapped) on conflict (id) do update set retired_at = null, wrapped = @wrapped",
            new { fresh.Id, wrapped });
        if (file.Read()[^1].Name != fresh.Name)
            file.Write(keys);
        Console.WriteLine($"Key {fresh.Name} encrypts from now on.");
        return await FinishAsync(database, columns, keys, stop);
    }

    private static async Task<int> FinishAsync(NpgsqlConnection database, SecretColumn[] columns, IReadOnlyList<SecretKey> keys, CancellationToken stop)
    {
        var unreadable = 0;
        foreach (var column in columns)
        {
            var (done, failed) = await RewrapAsync(database, column, keys, stop);
            unreadable += failed;
            Console.WriteLine($"{column}: {done} encrypted anew" + (failed > 0 ? $", {failed} cannot be read and stay as they are." : "."));
        }

        if (unreadable > 0 || await CountOthersAsync(database, columns, keys[^1]) > 0)
        {
            Console.Error.WriteLine("Some values still need an older key: keep it, and see what doctor says.");
            return CommandLine.Failed;
        }

        await database.ExecuteAsync("update secrets.key set retired_at = now() where id <> @Id and retired_at is null", new { keys[^1].Id });
        return 0;
    }

    private static async Task<(int Done, int Failed)> RewrapAsync(
        NpgsqlConnection database, SecretColumn column, IReadOnlyList<SecretKey> keys, CancellationToken stop)
    {
        var select = $"""
            select ({column.Id})::text as id, {column.Column} as value from {column.Table}
            where {IsUnderAnother(column)} and not ({column.Id})::text = any (@failed) limit {BatchSize} for update
            """;
        var update = $"update {column.Table} set {column.Column} = @value where ({column.Id})::text = @id";
        var done = 0;
        var failed = new List<string>();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            await using var transaction = await database.BeginTransactionAsync(CancellationToken.None);
            var rows = (await database.QueryAsync<Row>(select, new { keys[^1].Id, failed = failed.ToArray() }, transaction)).AsList();
            if (rows.Count == 0)
                return (done, failed.Count);

            foreach (var row in rows)
            {
                if (TryOpen(column, row, keys) is { } plaintext)
                    done += await database.ExecuteAsync(update, new { row.Id, value = SecretEnvelope.Seal(keys[^1], column, row.Id, plaintext) }, transaction);
                else
                    failed.Add(row.Id);
            }

            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    private static byte[]? TryOpen(SecretColumn column, Row row, IReadOnlyList<SecretKey> keys)
    {
        var name = Convert.ToHexStringLower(SecretEnvelope.KeyIdOf(row.Value));
        try
        {
            return keys.FirstOrDefault(key => key.Name == name) is { } key ? SecretEnvelope.Open(key, column, row.Id, row.Value) : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private static async Task<HashSet<string>> UsedAsync(NpgsqlConnection database) =>
        [.. (await database.QueryAsync<string>("select encode(id, 'hex') from secrets.key"))];

    private static async Task<long> CountOthersAsync(NpgsqlConnection database, SecretColumn[] columns, SecretKey key)
    {
        var count = 0L;
        foreach (var column in columns)
            count += await database.ExecuteScalarAsync<long>($"select count(*) from {column.Table} where {IsUnderAnother(column)}", new { key.Id });
        return count;
    }

    // Names in these statements are the program's own.
    private static string IsUnderAnother(SecretColumn column) =>
        $"{column.Column} is not null and substring({column.Column} from 2 for {SecretKey.IdLength}) <> @Id" + (column.Where is { } where ? $" and ({where})" : "");

    private sealed record Row(string Id, byte[] Value);
}
