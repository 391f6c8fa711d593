using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

[Trait("spec", "DB-2")]
public sealed class DatabaseServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outside_database_in_production_is_not_migrated_by_a_start()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateEmptyDatabaseAsync();
        await using var server = Make(connectionString, Environments.Production);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => server.StartAsync(Cancelled));

        Assert.StartsWith($"The database lacks {Migration.Embedded.Count} migrations (0001_engine to ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("run the command migrate with the same configuration, then start again.", refusal.Message, StringComparison.Ordinal);

        // What the command does.
        Assert.Equal(Migration.Embedded.Count, await server.StartAsync(mayMigrate: true, Cancelled));
        await server.StartAsync(Cancelled);
    }

    [Fact]
    public async Task An_outside_database_in_development_is_migrated_by_a_start()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateEmptyDatabaseAsync();
        await using var server = Make(connectionString, Environments.Development);

        await server.StartAsync(Cancelled);

        Assert.Equal(0, await server.StartAsync(mayMigrate: true, Cancelled));
    }

    [Fact]
    public async Task A_wrong_password_is_said_in_one_sentence()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateEmptyDatabaseAsync();
        await using var server = Make(new NpgsqlConnectionStringBuilder(connectionString) { Password = "wrong" }.ConnectionString, Environments.Production);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => server.StartAsync(Cancelled));

        Assert.Equal(
            "The database refuses the login (password authentication failed for user \"renexus\"): check Renexus:Database:ConnectionString.", refusal.Message);
    }

    [Fact]
    public async Task A_database_that_does_not_come_is_waited_for_only_so_long()
    {
        await using var server = Make("Host=127.0.0.1;Port=1;Username=x;Password=x", Environments.Production, TimeSpan.Zero);

        var refusal = await Assert.ThrowsAsync<StartupException>(() => server.StartAsync(Cancelled));

        Assert.StartsWith("The database cannot be reached (", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("spec", "OB-1")]
    public async Task A_database_that_is_silent_counts_as_away_before_a_second_is_over()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var pool = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=x;Password=x");
        using var health = new DatabaseHealth(pool, new RenexusOptions(), TimeProvider.System, NullLogger<DatabaseHealth>.Instance);

        var status = await health.AskAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(1), Cancelled);

        Assert.False(status.IsConnected);
    }

    [Fact]
    [Trait("spec", "OB-1")]
    public async Task A_database_that_is_well_says_so_with_its_round_trip()
    {
        await using var pool = NpgsqlDataSource.Create(await (await PostgresCluster.Shared).CreateEmptyDatabaseAsync());
        using var health = new DatabaseHealth(pool, new RenexusOptions(), TimeProvider.System, NullLogger<DatabaseHealth>.Instance);

        await Eventually.TrueAsync("it answered", TimeSpan.FromSeconds(60), async () => await health.AskAsync(Cancelled) is { IsConnected: true, RoundTrip: not null });
    }

    private static DatabaseServer Make(string connectionString, string environment, TimeSpan? startTimeout = null) => new(
        new RenexusOptions { Database = new() { ConnectionString = connectionString, StartTimeout = startTimeout ?? TimeSpan.FromSeconds(30) } },
        new HostingEnvironment { EnvironmentName = environment }, TimeProvider.System, NullLoggerFactory.Instance);
}
