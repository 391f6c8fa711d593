using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Renexus.Bare;

// The limits beside which every other figure stands: Kestrel that answers what it has ready, and PostgreSQL that commits rows and checks nothing. There is nobody to be known, no
// membership, no limit, no log and no audit. bench/Load/README.md says what is compared.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
await using var rows = await RowWriter.OpenAsync(builder.Configuration["Database"] ?? throw new InvalidOperationException("Say --Database=CONNECTION STRING."));
var rooms = new Rooms(rows);

var message = $$"""{"id":"01990000-0000-7000-8000-000000000001","threadId":"01990000-0000-7000-8000-000000000002","authorId":"01990000-0000-7000-8000-000000000003","body":"{{new string('x', 200)}}","version":1,"createdAt":"2026-01-01T00:00:00Z"}""";
var me = Encoding.UTF8.GetBytes("""{"id":"01990000-0000-7000-8000-000000000003","email":"user@example.com","name":"User"}""");
var list = Encoding.UTF8.GetBytes($$"""{"items":[{{string.Join(',', Enumerable.Repeat(message, 50))}}]}""");
var posted = Encoding.UTF8.GetBytes(message);

var app = builder.Build();
app.MapGet("/health", () => TypedResults.Ok());
app.MapGet("/api/me", () => TypedResults.Bytes(me, "application/json"));
app.MapGet("/api/threads/{thread:guid}", (Guid thread) => TypedResults.Text($$"""{"head":{{rooms.VersionOf(thread)}}}""", "application/json"));
app.MapGet("/api/threads/{thread:guid}/messages", (Guid thread) => TypedResults.Bytes(list, "application/json"));
app.MapPost("/api/threads/{thread:guid}/messages", async (Guid thread, HttpRequest request, HttpResponse response) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    await rows.AddAsync(new Row(Guid.CreateVersion7(), thread, body.ToArray()));
    response.StatusCode = StatusCodes.Status201Created;
    return TypedResults.Bytes(posted, "application/json");
});
app.MapGet("/ws", async (HttpContext context) =>
{
    context.Response.Headers.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
    context.Response.Headers.Upgrade = "websocket";
    await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    await rooms.ServeAsync(socket, stream, context.RequestAborted);
});
await app.RunAsync();

// RFC 6455, 4.2.2.
static string AcceptOf(string key)
{
#pragma warning disable CA5350, RS0030 // The standard demands SHA-1; it proves that we speak WebSocket and protects nothing.
    return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350, RS0030
}
