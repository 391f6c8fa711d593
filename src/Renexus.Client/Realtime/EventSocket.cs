using System.Text.Json;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Listens by Server-Sent Events.</summary>
internal sealed class EventSocket(HttpClient http) : HttpSocket(http)
{
    private readonly Lock gate = new();
    private CancellationTokenSource? current;
    private string? lastEventId;

    protected override void Listen()
    {
        CancellationTokenSource mine;
        lock (gate)
        {
            current?.Cancel();
            current = mine = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        }

        _ = Task.Run(() => ListenAsync(mine), CancellationToken.None);
    }

    private async Task ListenAsync(CancellationTokenSource mine)
    {
        try
        {
            using var request = Request(HttpMethod.Get, $"api/events?channels={Uri.EscapeDataString(Asked())}");
            if (lastEventId is not null)
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
            using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, mine.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                await RefusedAsync(response).ConfigureAwait(false);
                return;
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(mine.Token).ConfigureAwait(false));
            string? id = null;
            while (await reader.ReadLineAsync(mine.Token).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    id = line[4..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    lastEventId = id ?? lastEventId;
                    if (!Take(JsonElement.Parse(line[6..])))
                        return;
                }
            }

            // Cut without a farewell.
            if (!mine.IsCancellationRequested)
                Abort();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            // Another stream has taken its place, or the network is lost.
            if (!mine.IsCancellationRequested)
                Abort();
        }
        finally
        {
            mine.Dispose();
        }
    }

    /// <returns>False when it is the last message.</returns>
    private bool Take(JsonElement message)
    {
        if (message.GetProperty("channel").GetString() == ChannelNames.Session
            && message.GetProperty("payload").Deserialize(Contracts.ContractsJson.Lenient.ClosedPayload) is { Op: Ops.Closed } closed)
        {
            End(closed.Code, closed.Reason);
            return false;
        }

        Deliver(message);
        return true;
    }
}
