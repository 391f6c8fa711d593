using Renexus.Server.Features.Threads;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddGateway();
builder.AddRealtime();
builder.AddThreads();

var app = builder.Build();
app.UseGateway();
app.MapGateway();
app.MapRealtime();
app.MapThreads();
app.Run();

public partial class Program;
