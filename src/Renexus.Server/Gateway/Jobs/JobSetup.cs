using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Jobs;
using Renexus.Engine.Realtime;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Logging;
using Renexus.Server.Postgres;

namespace Renexus.Server.Gateway.Jobs;

/// <summary>What happens after a request (JB-6). A feature registers its kinds with <see cref="AddJob{TService, TPayload}"/>.</summary>
internal static class JobSetup
{
    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<JobClient>();
        services.AddSingleton<JobAnnouncer>((work, news) => work.AnnounceToUser(
            news.Actor, ChangeOp.Update, "job", news.Id, JobInfos.Of(news), actor: null));
        services.AddSingleton(provider => new JobWorkerOptions
        {
            Node = provider.GetRequiredService<NodeOptions>().Id,
            Name = provider.GetRequiredService<NodeOptions>().Name,
            Clean = provider.GetRequiredService<Redaction>().Clean,
        });
        services.AddSingleton<JobOperations>();
        services.AddRecurring<JobRetention>(JobRetention.Kind, JobRetention.Hourly, retention => retention.RunAsync);
        services.AddSingleton<JobWorker>();
        services.AddSingleton<JobScheduler>();
        services.AddHostedService<JobProgress>();
        services.AddHostedService<JobLifetime>();
        services.AddRecurring<DatabaseMaintenance>(DatabaseMaintenance.Kind, DatabaseMaintenance.Nightly, maintenance => maintenance.RunAsync);
        return builder;
    }

    /// <summary>Registers a kind of job with who does it.</summary>
    public static IServiceCollection AddJob<TService, TPayload>(
        this IServiceCollection services, JobKind<TPayload> kind, Func<TService, JobHandler<TPayload>> handler)
        where TService : notnull =>
        services.AddSingleton(provider => JobDefinition.Of(kind, handler(provider.GetRequiredService<TService>())));

    /// <summary>Registers a service whose one job recurs.</summary>
    public static IServiceCollection AddRecurring<TService>(
        this IServiceCollection services, JobKind<NoPayload> kind, JobSchedule schedule, Func<TService, JobHandler<NoPayload>> handler)
        where TService : class
    {
        services.AddSingleton<TService>();
        return services.AddJob(kind, handler).AddSchedule(schedule);
    }

    /// <summary>Registers a job that recurs.</summary>
    public static IServiceCollection AddSchedule(this IServiceCollection services, JobSchedule schedule)
    {
        // A mistake in it is a server that does not start.
        CronTimes.Parse(schedule.Cron, schedule.Zone);
        return services.AddSingleton(schedule);
    }
}

/// <summary>Jobs as whoever asked for them sees them.</summary>
internal static class JobInfos
{
    public static JobInfo Of(JobNews news) =>
        new(news.Id, news.Kind, news.State, news.Progress, news.Note, news.Result is { } text ? System.Text.Json.JsonElement.Parse(text) : null, news.Error, news.At);
}

/// <summary>Works on jobs, and makes the recurring ones, in processes that have the roles.</summary>
internal sealed class JobLifetime(JobWorker worker, JobScheduler scheduler, RenexusOptions options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Has(ProcessRoles.Worker))
            await worker.StartAsync(cancellationToken);
        if (options.Has(ProcessRoles.Scheduler))
            await scheduler.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await scheduler.DisposeAsync();
        await worker.StopAsync();
    }
}
