using System.Globalization;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>Over a WebSocket, holding its place by the version rule.</summary>
public sealed class SocketLine(TestServer server, TestUser user, string channel) : Line(server, user, channel)
{
    private TestSocket? socket;
    private string? session;
    private long? version;
    private string? epoch;

    public override async Task ConnectAsync()
    {
        var (opened, welcome) = await TestSocket.GreetAsync(Server, User, session, new { channel = Channel, v = version, e = epoch });
        socket = opened;
        session = welcome.GetProperty("payload").GetProperty("session").GetString();
        await BeginAsync();
    }

    public override Task CutAsync()
    {
        socket!.Abort();
        return socket.Closed;
    }

    public override async Task<JsonElement> AskAsync(object message)
    {
        var text = JsonSerializer.Serialize(message);
        await socket!.SendRawAsync(text);
        using var sent = JsonDocument.Parse(text);
        return await socket.AnswerToAsync(sent.RootElement.GetProperty("id").GetString()!);
    }

    public override async Task<string> EndAsync() => (await socket!.Closed).ToString(CultureInfo.InvariantCulture);

    public override async ValueTask DisposeAsync()
    {
        if (socket is not null)
            await socket.DisposeAsync();
    }

    protected override async Task<JsonElement> ReceiveAsync()
    {
        var message = await socket!.NextAsync();
        if (message.TryGetProperty("v", out var v) && !message.TryGetProperty("re", out _) && TestSocket.Op(message) is { } op)
        {
            if (op is not "subscribed" || message.GetProperty("payload").GetProperty("mode").GetString() is "live")
                version = v.GetInt64();
            if (message.TryGetProperty("e", out var e))
                epoch = e.GetString();
        }
        return message;
    }
}
