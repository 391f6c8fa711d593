using System.Text.Json;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Listens by Server-Sent Events.</summary>
internal sealed class EventSocket(HttpClient http) : HttpSocket(http)
{
    private string? lastEventId;

    protected override async Task ListenAsync(CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, $"api/events?channels={Uri.EscapeDataString(Asked())}&presence={Uri.EscapeDataString(Present())}");
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            await RefusedAsync(response).ConfigureAwait(false);
            return;
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        string? id = null;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
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
        if (!cancellationToken.IsCancellationRequested)
            Abort();
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
