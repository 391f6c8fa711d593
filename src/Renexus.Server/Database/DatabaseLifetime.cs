namespace Renexus.Server.Postgres;

/// <summary>
/// Starts the database before everything else of the host and stops it after. An object apart from the server: the container would take one that is registered
/// twice for two to dispose of, and stop the database under what was made in between when a start fails.
/// </summary>
internal sealed class DatabaseLifetime(DatabaseServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => server.StopAsync();
}
