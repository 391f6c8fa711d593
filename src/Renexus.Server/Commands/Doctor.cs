using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Renexus.Engine.Redis;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;

namespace Renexus.Server.Commands;

/// <summary>
/// Looks an installation over and says what is wrong and what to do (DP-4). It changes nothing, starts nothing, and may run beside
/// the server that uses the same data directory.
/// </summary>
internal static class Doctor
{
    // PostgreSQL 14: what the statements and policies need.
    private const int OldestPostgres = 14;

    /// <param name="settings">The configuration to look over.</param>
    /// <param name="asJson">Standard output is one JSON document and nothing else.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<int> RunAsync(string[] settings, bool asJson, CancellationToken stop)
    {
        var findings = await ExamineAsync(settings, stop);
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(new { healthy = findings.All(f => f.Status is not Status.Error), checks = findings.Select(f => f.ToWire()) }, Json.Options));
        else
            foreach (var (name, status, sentence) in findings)
                Console.WriteLine($"{status.ToString().ToLowerInvariant(),-8}{name,-16}{sentence}");
        return findings.Any(f => f.Status is Status.Error) ? CommandLine.Failed : 0;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(string[] settings, CancellationToken stop)
    {
        RenexusOptions options;
        try
        {
            options = RenexusConfiguration.Read(Host.CreateApplicationBuilder(settings).Configuration);
        }
        catch (InvalidConfigurationException e)
        {
            // Without a configuration there is nothing else to look at.
            return [.. e.Errors.Select(error => new Finding("configuration", Status.Error, error))];
        }
        var findings = new List<Finding> { new("configuration", Status.Ok, "Every setting can be read.") };
        findings.Add(ExamineDataDirectory(options.DataDirectory));
        findings.AddRange(await ExamineDatabaseAsync(options, stop));
        if (options.Redis.ConnectionString is { } redis)
            findings.Add(await ExamineRedisAsync(RedisAddress.Parse(redis), stop));
        findings.Add(options.Email.Host is null
            ? new("email", Status.Warning, $"No mail server: mails are written to {Path.Combine(options.DataDirectory, "mail")}. Set Renexus:Email:Host to send them.")
            : new("email", Status.Ok, $"Mails go out by {options.Email.Host}:{options.Email.Port}."));
        return findings;
    }

    private static Finding ExamineDataDirectory(string directory)
    {
        const string Name = "data directory";
        if (!Directory.Exists(directory))
            return new(Name, Status.Warning, $"{Path.GetFullPath(directory)} does not exist yet; the first start makes it.");
        var probe = Path.Combine(directory, $".doctor-{Guid.NewGuid():n}");
        try
        {
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
                return new(Name, Status.Ok, $"{Path.GetFullPath(directory)} can be written.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Name, Status.Error, $"{Path.GetFullPath(directory)} cannot be written ({e.Message}): give the server's user the right to, or choose another with Renexus:DataDirectory.");
        }
    }

    private static async Task<Finding> ExamineRedisAsync(RedisAddress address, CancellationToken stop)
    {
        await using var redis = new RedisClient(address, TimeProvider.System, NullLogger.Instance);
        return await redis.ConnectedAsync(TimeSpan.FromSeconds(3), stop)
            ? new("redis", Status.Ok, $"Answers at {address}.")
            : new("redis", Status.Error, $"Does not answer at {address} ({redis.LastFailure}): the server runs without it, and each node counts its limits alone.");
    }

    private static async Task<IReadOnlyList<Finding>> ExamineDatabaseAsync(RenexusOptions options, CancellationToken stop)
    {
        if (options.Database.ConnectionString is { } outside)
            return await ReachAsync(new DatabaseAddress(outside), options, stop);
        var folder = DatabaseServer.FolderOf(options);
        if (!File.Exists(Path.Combine(folder, "data", "PG_VERSION")))
            return [new("database", Status.Ok, "Embedded, and not made yet: the first start makes it.")];
        return Installation.RunningIn(folder) is { } address
            ? await ReachAsync(address, options, stop)
            : [new("database", Status.Ok, "Embedded, and not running: it runs while the server does. Its schema was not looked at.")];
    }

    private static async Task<IReadOnlyList<Finding>> ReachAsync(DatabaseAddress address, RenexusOptions options, CancellationToken stop)
    {
        await using var login = DataSources.ForLogin(address);
        try
        {
            await using var connection = await login.OpenConnectionAsync(stop);
            var findings = new List<Finding>
            {
                PostgresRelease.Doubt(connection.PostgreSqlVersion) is { } doubt ? new("database", Status.Warning, doubt)
                : connection.PostgreSqlVersion.Major >= OldestPostgres
                    ? new("database", Status.Ok, $"PostgreSQL {connection.PostgreSqlVersion} answers.")
                    : new("database", Status.Error, $"PostgreSQL {connection.PostgreSqlVersion} is too old: {OldestPostgres} or newer is needed."),
            };
            var pending = await new Migrator(login, Migration.Embedded, NullLogger<Migrator>.Instance).PendingAsync(stop);
            findings.Add(pending.Count == 0
                ? new("schema", Status.Ok, "Up to date.")
                : new("schema", Status.Error, $"{pending.Count} migrations are lacking, from {pending[0]}: run the command migrate with this configuration."));
            if (pending.Count == 0)
                findings.Add(await SecretsCheckup.ExamineAsync(connection, options, stop));
            return findings;
        }
        catch (StartupException e)
        {
            return [new("schema", Status.Error, e.Message)];
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            return [new("database", Status.Error, $"It cannot be reached ({e.Message}): is it running, and is Renexus:Database:ConnectionString right?")];
        }
    }

    internal enum Status
    {
        Ok,
        Warning,
        Error,
    }

    internal sealed record Finding(string Name, Status Status, string Sentence)
    {
        public object ToWire() => new { name = Name, status = Status.ToString().ToLowerInvariant(), message = Sentence };
    }
}
