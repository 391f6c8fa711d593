using Renexus.Server.Commands;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Features.Threads;
using Renexus.Server.Features.Workspaces;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Postgres;

return await CommandLine.RunAsync(args, settings =>
{
    var builder = WebApplication.CreateSlimBuilder(settings);
    builder.LeaveStartFailuresToTheCommand();
    builder.AddDatabase(); // what starts first stops last
    builder.AddGateway();
    builder.AddRealtime();
    builder.AddAccounts();
    builder.AddThreads();
    builder.AddWorkspaces();

    var app = builder.Build();
    app.UseGateway();
    app.MapGateway();
    app.MapRealtime();
    app.MapAccounts();
    app.MapThreads();
    app.MapWorkspaces();
    return app;
});

public partial class Program;
