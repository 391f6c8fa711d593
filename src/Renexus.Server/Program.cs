using Renexus.Server.Commands;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Features.Accounts.External;
using Renexus.Server.Features.Audit;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Server.Features.Accounts.Keys;
using Renexus.Server.Features.Content;
using Renexus.Server.Features.Exports;
using Renexus.Server.Features.Files;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Features.Operations;
using Renexus.Server.Features.Search;
using Renexus.Server.Features.Sync;
using Renexus.Server.Features.Threads;
using Renexus.Server.Features.Webhooks;
using Renexus.Server.Features.Workspaces;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Postgres;

return await CommandLine.RunAsync(args, build: settings => Build(settings), serve: settings => Build(settings, isToServe: true));

/// <summary>The host's table of contents.</summary>
public partial class Program
{
    /// <param name="settings">As on the command line.</param>
    /// <param name="adjust">What a test puts in the place of something, last.</param>
    /// <param name="isToServe">It is started as soon as it is built, so its database begins to start meanwhile.</param>
    internal static WebApplication Build(string[] settings, Action<WebApplicationBuilder>? adjust = null, bool isToServe = false)
    {
        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.LeaveStartFailuresToTheCommand();
        builder.AddDatabase(); // what starts first stops last
        builder.AddGateway();
        builder.AddRealtime();
        builder.AddJobs();
        builder.AddAccounts();
        builder.AddFactors();
        builder.AddProviders();
        builder.AddAudit();
        builder.AddSearch();
        builder.AddNotifications();
        builder.AddThreads();
        builder.AddContent();
        builder.AddWorkspaces();
        builder.AddSync();
        builder.AddWebhooks();
        builder.AddExports();
        builder.AddFiles();
        builder.AddOperations();
        adjust?.Invoke(builder);

        var app = builder.Build();
        if (isToServe)
            app.Services.GetRequiredService<DatabaseServer>().Begin(app.Lifetime.ApplicationStopping);
        app.UseGateway();
        app.MapGateway();
        // A process that only works answers how it is, and nothing else.
        if (app.Services.GetRequiredService<RenexusOptions>().Has(ProcessRoles.Web))
            MapFeatures(app);
        return app;
    }

    private static void MapFeatures(WebApplication app)
    {
        app.MapRealtime();
        app.MapAccounts();
        app.MapFactors();
        app.MapProviders();
        app.MapKeys();
        app.MapAudit();
        app.MapSearch();
        app.MapThreads();
        app.MapContent();
        app.MapWorkspaces();
        app.MapSync();
        app.MapWebhooks();
        app.MapExports();
        app.MapFiles();
        app.MapNotifications();
        app.MapOperations();
    }
}
