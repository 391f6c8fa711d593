using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime.Transports;

/// <summary>Over Server-Sent Events, holding the id of the last event as a browser does.</summary>
public sealed class EventLine(TestServer server, TestUser user, string channel, bool isPresent = false) : Line(server, user, channel)
{
    private HttpClient? client;
    private HttpResponseMessage? response;
    private StreamReader? reader;

    /// <summary>The id of the last event.</summary>
    public string? LastEventId { get; set; }

    public override async Task ConnectAsync()
    {
        client = NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events?channels={Uri.EscapeDataString(Channel)}" + (isPresent ? $"&presence={Uri.EscapeDataString(Channel)}" : ""));
        if (LastEventId is not null)
            request.Headers.Add("Last-Event-ID", LastEventId);
        response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
            return;
        reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await BeginAsync();
    }

    /// <summary>The answer's head.</summary>
    public HttpResponseMessage Response => response!;

    public override Task CutAsync()
    {
        reader?.Dispose();
        response!.Dispose();
        client!.Dispose();
        return Task.CompletedTask;
    }

    public override async Task<string> EndAsync()
    {
        if (!response!.IsSuccessStatusCode)
            return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("code").GetString()!;
        while (true)
        {
            var message = await ReceiveAsync();
            if (TestSocket.Op(message) is "closed")
                return message.GetProperty("payload").GetProperty("code").GetRawText();
        }
    }

    /// <summary>The next message about something; null when the stream has ended, with a word or without.</summary>
    public async Task<JsonElement?> NextOrEndAsync()
    {
        try
        {
            return await NextAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            return null;
        }
    }

    public override ValueTask DisposeAsync() => new(response is null ? Task.CompletedTask : CutAsync());

    protected override async Task<JsonElement> ReceiveAsync()
    {
        string? id = null;
        while (await reader!.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                // The id is written before the data.
                LastEventId = id ?? throw new InvalidOperationException("An event without an id.");
                return JsonElement.Parse(line[6..]);
            }
        }
        throw new InvalidOperationException("The stream has ended.");
    }
}
