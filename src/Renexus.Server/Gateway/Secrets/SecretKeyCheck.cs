using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// Before anything else runs: this node has every key that the database's secrets were made with, or it does not start. Otherwise it would
/// fail at the first secret it needs, and make others that the other nodes cannot read. A node that joins takes the keys from the
/// database, where the others left them under the database's password.
/// </summary>
internal sealed partial class SecretKeyCheck(
    SecretKeys keys, RenexusOptions options, Database database, TimeProvider clock, ILogger<SecretKeyCheck> logger) : IHostedLifecycleService
{
    /// <summary>A shorter one can be guessed by whoever has a dump; a made one (24 bytes in base64) is longer.</summary>
    internal const int ShortestPassword = 20;

    private sealed record KeyRow(byte[] Id, byte[]? Wrapped);

    // Nodes that start together on a new database queue here; whoever comes second sees the first one's key.
    private static readonly Command Queue = new("secrets.queue", "select pg_advisory_xact_lock(hashtext('secrets.key'))");

    private static readonly Query<KeyRow> InUse = new("secrets.keys_in_use", """
        select id, wrapped from secrets.key where retired_at is null order by first_used_at, id
        """);

    private static readonly Command Use = new("secrets.use_key", """
        insert into secrets.key (id, first_used_at) values ($1, $2)
        on conflict (id) do update set retired_at = null where key.retired_at is not null
        """);

    private static readonly Command Share = new("secrets.share_key", "update secrets.key set wrapped = $2 where id = $1");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var password = PasswordOf(options);
        // A file that is there already may be an older node's; one that is not would be made now, with a key that nobody needs.
        var isNew = !keys.IsThere;
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await work.ExecuteAsync(Queue, [], cancellationToken);
        var inUse = await work.QueryAsync(InUse, [], cancellationToken);
        var lacking = inUse.Where(row => isNew || keys.Find(row.Id) is null).ToArray();
        if (lacking.Length > 0)
            Take(lacking, password);

        await work.ExecuteAsync(Use, [keys.Current.Id, clock.GetUtcNow()], cancellationToken);
        await ShareAsync(work, inUse, password, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>The database's password, where nodes share its keys through it; null where they do not (decision 9).</summary>
    public static string? PasswordOf(RenexusOptions options) =>
        options is { Secrets.ShareKeys: true, Secrets.KeyFile: null, Database.ConnectionString: { } address }
        && new NpgsqlConnectionStringBuilder(address).Password is { Length: >= ShortestPassword } password ? password : null;

    private void Take(KeyRow[] lacking, string? password)
    {
        var taken = lacking.Select(row => password is null || row.Wrapped is null ? null : WrappedKey.Unwrap(row.Id, row.Wrapped, password)).ToArray();
        if (taken.Any(key => key is null))
            throw new StartupException(Sentence([.. lacking.Where((_, i) => taken[i] is null).Select(row => Convert.ToHexStringLower(row.Id))]));
        keys.Add(taken!);
        Taken(logger, taken.Length);
    }

    // Each once: those that nobody could take yet, because they were made without a password or by an earlier one.
    private async Task ShareAsync(Work work, IReadOnlyList<KeyRow> inUse, string? password, CancellationToken cancellationToken)
    {
        if (password is null)
            return;
        foreach (var key in keys.All)
        {
            var row = inUse.FirstOrDefault(row => row.Id.AsSpan().SequenceEqual(key.Id));
            var isNeeded = row is not null || key.Name == keys.Current.Name;
            if (isNeeded && (row?.Wrapped is null || WrappedKey.Unwrap(key.Id, row.Wrapped, password) is null))
                await work.ExecuteAsync(Share, [key.Id, WrappedKey.Wrap(key, password)], cancellationToken);
        }
    }

    [LoggerMessage(1739, LogLevel.Information, "Took {Count} keys of secret fields from the database")]
    private static partial void Taken(ILogger logger, int count);

    /// <summary>What is told when keys are lacking.</summary>
    public static string Sentence(IReadOnlyCollection<string> lacking) =>
        $"The database's secret fields were made with {(lacking.Count == 1 ? "a key" : "keys")} that this node does not have ({string.Join(", ", lacking)}): " +
        "copy the key file of a node that has them (DataDirectory/keys/secrets.key, or Renexus:Secrets:KeyFile), or give the database login a password of at least {ShortestPassword} characters, under which nodes share them; every node needs the same.";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
