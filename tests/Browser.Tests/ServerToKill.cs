using Renexus.Testing;
using Renexus.Testing.Chaos;

namespace Renexus.Browser.Tests;

/// <summary>The whole server as a process of its own, which a test may kill and start again with the same data at the same address.</summary>
public sealed class ServerToKill : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"renexus-browser-{Guid.CreateVersion7():n}");
    private readonly TestDatabase database = new();
    private ChaosServer? server;

    /// <summary>The address people use.</summary>
    public Uri PublicAddress => server!.Address;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        server = new ChaosServer(folder,
        [
            $"Renexus:Database:ConnectionString={database.ConnectionString}",
            "Renexus:Limits:AuthenticationPerMinute=0",
            "Renexus:Limits:MessagesPerMinute=0",
            "Renexus:Limits:WritesPerMinute=0",
        ]);
        await server.StartAsync();
    }

    public Task StartAsync() => server!.StartAsync();

    /// <summary>kill -9.</summary>
    public Task KillAsync() => server!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
