using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Tests.Realtime;

/// <summary>A real socket endpoint whose every word is the test's: what it says, when, and how it breaks.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly Channel<FakeConnection> accepted = Channel.CreateUnbounded<FakeConnection>();
    private readonly ConcurrentQueue<FakeConnection> all = new();
    private readonly WebApplication app;

    private FakeServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(AcceptAsync);
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>While set, attempts to connect are refused.</summary>
    public bool Down { get; set; }

    public static async Task<FakeServer> StartAsync()
    {
        var server = new FakeServer();
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The next connection, up to its hello.</summary>
    public async Task<FakeConnection> AcceptAsync() =>
        await accepted.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

    /// <summary>The next connection, welcomed.</summary>
    public async Task<FakeConnection> WelcomeAsync(string session = "s1")
    {
        var connection = await AcceptAsync();
        connection.Hello = await connection.ReceiveAsync();
        await connection.WelcomeAsync(session);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        // Connections that a test left open end with it, so that nobody waits for them.
        while (all.TryDequeue(out var connection))
            connection.Cut();
        await app.DisposeAsync();
    }

    private async Task AcceptAsync(HttpContext context)
    {
        if (Down)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(CloseCodes.Subprotocol);
        var connection = new FakeConnection(socket, context.Abort);
        all.Enqueue(connection);
        accepted.Writer.TryWrite(connection);
        await connection.Ended;
    }
}

/// <summary>One connection of the fake server.</summary>
internal sealed class FakeConnection(WebSocket socket, Action abort)
{
    private readonly TaskCompletionSource ended = new();
    private readonly Queue<Received> unread = new();
    private readonly byte[] buffer = new byte[1024 * 1024];

    public Task Ended => ended.Task;

    public Received Hello { get; set; } = null!;

    public async Task WelcomeAsync(string session, int messageBytes = 102_400) =>
        await SendAsync($$$$"""
            {"type":"update","channel":"$session","re":"{{{{Hello.Id}}}}","payload":{"op":"welcome","session":"{{{{session}}}}","resumed":false,
            "user":"0199f0aa-0000-7000-8000-000000000001","expiresAt":"2026-11-21T09:00:00.000Z","heartbeat":30,"timeout":120,"resumeFor":300,
            "limits":{"connectionsPerUser":5,"messageBytes":{{{{messageBytes}}}},"messagesPerMinute":60,"documentPushesPerMinute":300,"ephemeralPerMinute":120}}}
            """);

    /// <summary>The next message, whatever frame it came in.</summary>
    public async Task<Received> ReceiveAsync()
    {
        while (unread.Count == 0)
        {
            var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;
            var length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), timeout);
                if (result.MessageType == WebSocketMessageType.Close)
                    throw new InvalidOperationException("The client closed.");
                length += result.Count;
            }
            while (!result.EndOfMessage);

            using var frame = JsonDocument.Parse(buffer.AsMemory(0, length));
            var messages = frame.RootElement.ValueKind == JsonValueKind.Array ? [.. frame.RootElement.EnumerateArray()] : new[] { frame.RootElement };
            foreach (var message in messages)
                unread.Enqueue(new Received(message.Clone(), messages.Length));
        }

        return unread.Dequeue();
    }

    public async Task SendAsync(string json) =>
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task SubscribedAsync(string channel, string mode, long from, long to, string epoch = "e1") =>
        SendAsync($$$$"""{"type":"update","channel":"{{{{channel}}}}","v":{{{{to}}}},"e":"{{{{epoch}}}}","payload":{"op":"subscribed","mode":"{{{{mode}}}}","from":{{{{from}}}},"to":{{{{to}}}}}}""");

    public Task UpdateAsync(string channel, long v, string epoch = "e1") => SendAsync(Update(channel, v, epoch));

    public static string Update(string channel, long v, string epoch = "e1") =>
        $$$$"""{"type":"update","channel":"{{{{channel}}}}","v":{{{{v}}}},"e":"{{{{epoch}}}}","timestamp":1795000000000,"payload":{"op":"create","resource":"message","resourceId":"{{{{Guid.CreateVersion7()}}}}","data":{"body":"{{{{v}}}}"},"actor":null,"cause":null}}""";

    public Task AckAsync(Received write, long v) =>
        SendAsync($$$$"""{"type":"update","channel":"{{{{write.Channel}}}}","re":"{{{{write.Id}}}}","v":{{{{v}}}},"payload":{"op":"ack","resource":"message","resourceId":"{{{{write.Id}}}}","data":{"body":"{{{{write.Body}}}}"}}}""");

    public Task RefuseAsync(Received request, string code, bool retryable, double? retryAfter = null)
    {
        var payload = JsonSerializer.Serialize(new ErrorPayload(code, "No.", retryable, retryAfter), ContractsJson.Lenient.ErrorPayload);
        return SendAsync($$$$"""{"type":"error","channel":"{{{{request.Channel}}}}","re":"{{{{request.Id}}}}","payload":{{{{payload}}}}}""");
    }

    public async Task CloseAsync(int code)
    {
        await socket.CloseOutputAsync((WebSocketCloseStatus)code, "closing", CancellationToken.None);
        ended.TrySetResult();
    }

    /// <summary>The network breaks.</summary>
    public void Cut()
    {
        // The request that is over cannot be aborted.
        if (!ended.Task.IsCompleted)
            abort();
        ended.TrySetResult();
    }
}

/// <summary>A message of the client.</summary>
internal sealed record Received(JsonElement Json, int InFrame)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string Channel => Json.GetProperty("channel").GetString()!;

    public string Id => Json.GetProperty("id").GetString()!;

    public JsonElement Payload => Json.GetProperty("payload");

    public string Body => Payload.GetProperty("data").GetProperty("body").GetString()!;
}
