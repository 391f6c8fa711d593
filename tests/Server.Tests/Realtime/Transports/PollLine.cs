using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>By long polling, holding the cursor.</summary>
public sealed class PollLine(TestServer server, TestUser user, string channel) : Line(server, user, channel)
{
    private readonly Queue<JsonElement> messages = new();
    private HttpClient? client;
    private string? cursor;

    public override async Task ConnectAsync()
    {
        client = NewClient();
        if (cursor is null)
            await PollAsync(wait: 0);
    }

    public override Task CutAsync()
    {
        client!.Dispose();
        return Task.CompletedTask;
    }

    public override async Task<string> EndAsync()
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (TestSocket.Code(message) is { } code)
                return code;
        }
    }

    public override ValueTask DisposeAsync() => new(CutAsync());

    protected override async Task<JsonElement> ReceiveAsync()
    {
        while (messages.Count == 0)
            await PollAsync(wait: 20);
        return messages.Dequeue();
    }

    private async Task PollAsync(int wait)
    {
        using var response = await client!.GetAsync($"/api/poll?channels={Uri.EscapeDataString(Channel)}&cursor={cursor}&wait={wait}".Replace("&cursor=&", "&", StringComparison.Ordinal));
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        if (!response.IsSuccessStatusCode)
        {
            // A refusal stands where a socket would send an error.
            messages.Enqueue(JsonSerializer.SerializeToElement(new { type = "error", channel = Channel, payload = body }));
            return;
        }
        foreach (var message in body.GetProperty("messages").EnumerateArray())
            messages.Enqueue(message.Clone());
        cursor = body.GetProperty("cursor").GetString();
    }
}
