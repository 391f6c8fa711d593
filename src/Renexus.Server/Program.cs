using Renexus.Server.Gateway;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddGateway();

var app = builder.Build();
app.UseGateway();
app.MapGateway();
app.Run();

public partial class Program;
