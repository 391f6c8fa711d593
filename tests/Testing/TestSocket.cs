using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Renexus.Testing;

/// <summary>
/// A real-time connection that a test talks over by hand: sends what it likes and reads what comes, one message after the
/// other, whether they came alone or several in a frame.
/// </summary>
public sealed class TestSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket socket = new();
    private readonly Channel<JsonElement> incoming = Channel.CreateUnbounded<JsonElement>();
    private readonly TaskCompletionSource<int> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, JsonElement> answers = new(StringComparer.Ordinal);
    private int number;

    private TestSocket()
    {
    }

    /// <summary>Ends with the close code.</summary>
    public Task<int> Closed => closed.Task.WaitAsync(Patience);

    /// <summary>Connects and says nothing.</summary>
    /// <param name="server">Where.</param>
    /// <param name="headers">More of the handshake: <c>Authorization</c>, <c>Origin</c>.</param>
    public static async Task<TestSocket> ConnectAsync(Uri server, params (string Name, string Value)[] headers)
    {
        var client = new TestSocket();
        client.socket.Options.AddSubProtocol("renexus.v1");
        foreach (var (name, value) in headers)
            client.socket.Options.SetRequestHeader(name, value);
        await client.socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        _ = client.ReceiveAsync();
        return client;
    }

    /// <summary>Connects, says hello and reads the welcome.</summary>
    public static async Task<(TestSocket Socket, JsonElement Welcome)> GreetAsync(
        TestServer server, TestUser user, string? session = null, params object[] channels)
    {
        var client = await ConnectAsync(server.Address);
        await client.SendAsync("subscribe", "$session", new { token = user.AccessToken, session, channels }, id: "hello");
        return (client, await client.NextAsync("welcome"));
    }

    /// <summary>Sends a message; answers its id.</summary>
    public async Task<string> SendAsync(string type, string channel, object? payload = null, string? id = null)
    {
        id ??= $"r{++number}";
        await SendRawAsync(JsonSerializer.Serialize(new { type, channel, payload, id, timestamp = 0 }));
        return id;
    }

    public Task SendRawAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Creates a message in a thread.</summary>
    public Task<string> PostAsync(Guid thread, string body, string? id = null) =>
        SendAsync("update", $"thread:{thread}", new { op = "create", resource = "message", data = new { body } }, id);

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonElement> NextAsync() => await incoming.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next message with this <c>op</c>; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string op) => await NextAsync(message => string.Equals(Op(message), op, StringComparison.Ordinal), op);

    /// <summary>The answer to a request, whether it is one or a refusal.</summary>
    public Task<JsonElement> AnswerAsync(string id) =>
        NextAsync(message => message.TryGetProperty("re", out var re) && string.Equals(re.GetString(), id, StringComparison.Ordinal), $"an answer to {id}");

    /// <summary>The answer to one of several requests under way; what else comes is kept for later.</summary>
    public async Task<JsonElement> AnswerToAsync(string id)
    {
        while (true)
        {
            if (answers.Remove(id, out var answer))
                return answer;
            var message = await NextAsync();
            if (message.TryGetProperty("re", out var re))
                answers[re.GetString()!] = message;
        }
    }

    /// <summary>The next <c>error</c>.</summary>
    public Task<JsonElement> ErrorAsync() =>
        NextAsync(message => string.Equals(message.GetProperty("type").GetString(), "error", StringComparison.Ordinal), "an error");

    /// <summary>What it refuses with.</summary>
    public static string? Code(JsonElement message) => message.GetProperty("payload").TryGetProperty("code", out var code) ? code.GetString() : null;

    public static string? Op(JsonElement message) =>
        message.TryGetProperty("payload", out var payload) && payload.TryGetProperty("op", out var op) ? op.GetString() : null;

    /// <summary>Goes without a word, as a lost network does.</summary>
    public void Abort() => socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (socket.State == WebSocketState.Open)
        {
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                await closed.Task.WaitAsync(Patience);
            }
            catch (Exception e) when (e is WebSocketException or TimeoutException or IOException)
            {
                // It is over either way.
            }
        }
        socket.Dispose();
    }

    private async Task<JsonElement> NextAsync(Func<JsonElement, bool> isIt, string what)
    {
        var passed = new List<string>();
        try
        {
            while (true)
            {
                var message = await NextAsync();
                if (isIt(message))
                    return message;
                passed.Add(message.GetRawText());
            }
        }
        catch (Exception e) when (e is TimeoutException or ChannelClosedException)
        {
            throw new InvalidOperationException($"Expected {what}; the connection is {socket.State} ({socket.CloseStatus}), and before came:\n{string.Join('\n', passed)}", e);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[256 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                filled += part.Count;
                if (!part.EndOfMessage)
                    continue;
                Take(JsonElement.Parse(buffer.AsSpan(0, filled)));
                filled = 0;
            }
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            closed.TrySetResult((int)socket.CloseStatus!);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            closed.TrySetResult((int?)socket.CloseStatus ?? 1006);
        }
        finally
        {
            incoming.Writer.TryComplete();
        }
    }

    private void Take(JsonElement frame)
    {
        if (frame.ValueKind != JsonValueKind.Array)
        {
            incoming.Writer.TryWrite(frame);
            return;
        }
        foreach (var message in frame.EnumerateArray())
            incoming.Writer.TryWrite(message);
    }
}
