namespace Renexus.Server.Commands;

internal static class StartupLogging
{
    /// <summary>
    /// What keeps the server from starting is told once, as the sentence that ends the command: the host and Kestrel do not log the same failure
    /// with its stack before.
    /// </summary>
    public static WebApplicationBuilder LeaveStartFailuresToTheCommand(this WebApplicationBuilder builder)
    {
        var hasStarted = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Information && (hasStarted || level != LogLevel.Error));
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= LogLevel.Warning && hasStarted);
        builder.Services.AddHostedService(provider => new OnStarted(provider.GetRequiredService<IHostApplicationLifetime>(), () => hasStarted = true));
        return builder;
    }

    private sealed class OnStarted(IHostApplicationLifetime lifetime, Action then) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(then);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
