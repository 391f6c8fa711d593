using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// Before anything else runs: this node has every key that the database's secrets were made with, or it does not start. Otherwise it would
/// fail at the first secret it needs, and make others that the other nodes cannot read.
/// </summary>
internal sealed class SecretKeyCheck(SecretKeys keys, Database database, TimeProvider clock) : IHostedLifecycleService
{
    private sealed record KeyRow(byte[] Id);

    // Nodes that start together on a new database queue here; whoever comes second sees the first one's key.
    private static readonly Command Queue = new("secrets.queue", "select pg_advisory_xact_lock(hashtext('secrets.key'))");

    private static readonly Query<KeyRow> InUse = new("secrets.keys_in_use", "select id from secrets.key where retired_at is null order by id");

    private static readonly Command Use = new("secrets.use_key", """
        insert into secrets.key (id, first_used_at) values ($1, $2)
        on conflict (id) do update set retired_at = null where key.retired_at is not null
        """);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var current = keys.Current;
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        await work.ExecuteAsync(Queue, [], cancellationToken);
        var lacking = (await work.QueryAsync(InUse, [], cancellationToken)).Where(row => keys.Find(row.Id) is null)
            .Select(row => Convert.ToHexStringLower(row.Id)).ToArray();
        if (lacking.Length > 0)
            throw new StartupException(Sentence(lacking));

        await work.ExecuteAsync(Use, [current.Id, clock.GetUtcNow()], cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    /// <summary>What is told when keys are lacking.</summary>
    public static string Sentence(IReadOnlyCollection<string> lacking) =>
        $"The database's secret fields were made with {(lacking.Count == 1 ? "a key" : "keys")} that this node does not have ({string.Join(", ", lacking)}): " +
        "copy the key file of a node that has them (DataDirectory/keys/secrets.key, or Renexus:Secrets:KeyFile); every node needs the same.";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
