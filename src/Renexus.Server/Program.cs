using Renexus.Server.Gateway;

var app = WebApplication.CreateSlimBuilder(args).Build();
app.MapWebClient();
app.Run();

public partial class Program;
