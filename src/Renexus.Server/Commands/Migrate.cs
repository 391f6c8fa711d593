using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Postgres;

namespace Renexus.Server.Commands;

/// <summary>Applies the pending migrations, to an outside database also in production.</summary>
internal static class Migrate
{
    public static async Task<int> RunAsync(string[] settings, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder(settings);
        builder.Services.AddSingleton(RenexusConfiguration.Read(builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DatabaseServer>();
        await using var services = builder.Services.BuildServiceProvider();

        var applied = await services.GetRequiredService<DatabaseServer>().StartAsync(mayMigrate: true, stop);
        Console.WriteLine(applied switch
        {
            0 => "The schema is up to date.",
            1 => "Applied 1 migration.",
            _ => $"Applied {applied} migrations.",
        });
        return 0;
    }
}
