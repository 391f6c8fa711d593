using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>One person's line to one channel, by whatever transport: what comes on it, and what is sent beside it. It can be cut, and come back.</summary>
public abstract class Line(TestServer server, TestUser user, string channel) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Queue<JsonElement> early = new();

    protected TestServer Server { get; } = server;

    protected TestUser User { get; } = user;

    protected string Channel { get; } = channel;

    /// <summary>A client of the server as it is now: it may have been started again elsewhere.</summary>
    protected HttpClient NewClient()
    {
        var client = Server.NewClient();
        client.DefaultRequestHeaders.Authorization = User.Client.DefaultRequestHeaders.Authorization;
        return client;
    }

    /// <summary>Listens from now on, or from where it was cut.</summary>
    public abstract Task ConnectAsync();

    /// <summary>Goes without a word.</summary>
    public abstract Task CutAsync();

    /// <summary>Sends a message and answers what it is answered with.</summary>
    public virtual async Task<JsonElement> AskAsync(object message)
    {
        using var client = NewClient();
        using var response = await client.PostAsJsonAsync("/api/send", message);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Assert.Single((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("messages").EnumerateArray());
    }

    public Task<JsonElement> PostAsync(Guid thread, string body, string? id = null) => AskAsync(new
    {
        type = "update",
        channel = $"thread:{thread}",
        id = id ?? Guid.CreateVersion7().ToString(),
        payload = new { op = "create", resource = "message", data = new { body } },
    });

    /// <summary>The next message about something: the heartbeat and the session are passed over.</summary>
    public async Task<JsonElement> NextAsync()
    {
        while (true)
        {
            var message = early.TryDequeue(out var first) ? first : await ReceiveAsync().WaitAsync(Patience);
            if (!(message.TryGetProperty("channel", out var name) && name.ValueEquals("$session")))
                return message;
        }
    }

    /// <summary>Why the line ended: the close code, or the code of the refusal.</summary>
    public abstract Task<string> EndAsync();

    public async Task<JsonElement> NextAsync(string op)
    {
        while (true)
        {
            var message = await NextAsync();
            if (string.Equals(TestSocket.Op(message), op, StringComparison.Ordinal))
                return message;
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<JsonElement> ReceiveAsync();

    /// <summary>Waits until the channel has begun or was refused; what comes until then is given out later.</summary>
    protected async Task BeginAsync()
    {
        while (true)
        {
            var message = await ReceiveAsync().WaitAsync(Patience);
            early.Enqueue(message);
            if (TestSocket.Op(message) is "subscribed" || TestSocket.Code(message) is not null)
                return;
        }
    }
}
