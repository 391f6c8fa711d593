using Npgsql;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Postgres;

/// <summary>
/// PostgreSQL, embedded or outside, and the ways to it. The namespace is not called Database, so that the name means the engine's type everywhere.
/// </summary>
internal static class DatabaseServices
{
    /// <summary>Call it before everything that has a life of its own: what starts first stops last.</summary>
    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<DatabaseServer>();
        services.AddHostedService<DatabaseLifetime>();

        services.AddKeyedSingleton(DatabaseRoles.App, (provider, _) => DataSources.ForApp(Address(provider), Options(provider)));
        services.AddKeyedSingleton(DatabaseRoles.Log, (provider, _) => DataSources.ForLog(Address(provider), Options(provider)));
        services.AddKeyedSingleton(DataSources.Jobs, (provider, _) => DataSources.ForJobs(Address(provider), Options(provider)));
        services.AddSingleton(provider => new Database(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRoles.App),
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DatabaseRoles.Log),
            provider.GetRequiredService<ILogger<Database>>(),
            new DatabaseLimits
            {
                JobConcurrency = DataSources.ForWorkers(Options(provider)),
                Slow = Options(provider).SlowQuery,
                VerySlow = Options(provider).VerySlowQuery,
            },
            provider.GetRequiredKeyedService<NpgsqlDataSource>(DataSources.Jobs)));

        services.AddSingleton<DatabaseHealth>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseHealth>());
        services.AddExceptionHandler<DatabaseDoubts>();
        return builder;
    }

    private static DatabaseAddress Address(IServiceProvider provider) => provider.GetRequiredService<DatabaseServer>().Address;

    private static DatabaseOptions Options(IServiceProvider provider) => provider.GetRequiredService<RenexusOptions>().Database;
}
