using System.Text.Json;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Realtime;

/// <summary>Listens by long polling.</summary>
internal sealed class PollingSocket(HttpClient http) : HttpSocket(http)
{
    private const int WaitSeconds = 20;

    private string? cursor;
    private bool isWelcomed;

    protected override async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (!isWelcomed && !await WelcomeAsync(cancellationToken).ConfigureAwait(false))
            return;
        // Channels that are new begin where they are held; with the others' older cursor nothing of them is left out after that.
        if (AskedAnew() is { Length: > 0 } fresh && !await PollAsync(fresh, from: null, wait: 0, cancellationToken).ConfigureAwait(false))
            return;
        while (!cancellationToken.IsCancellationRequested)
        {
            var channels = string.Join(',', Asked().Split(',').Select(channel => channel.Split('@')[0]));
            if (channels.Length == 0)
                return;
            if (!await PollAsync(channels, cursor, WaitSeconds, cancellationToken).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>A poll has no welcome of its own: who it is for is asked, the rest is how polling behaves.</summary>
    private async Task<bool> WelcomeAsync(CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, "api/me");
        using var response = await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            await RefusedAsync(response).ConfigureAwait(false);
            return false;
        }

        var me = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), ContractsJson.Lenient.User)!;
        isWelcomed = true;
        Deliver(new
        {
            type = MessageTypes.Update,
            channel = ChannelNames.Session,
            payload = new
            {
                op = Ops.Welcome,
                session = HelloSession ?? "",
                resumed = HelloSession is not null,
                user = me.Id,
                expiresAt = DateTimeOffset.MaxValue,
                heartbeat = WaitSeconds * 2,
                timeout = 120,
                resumeFor = 300,
                limits = new { connectionsPerUser = 0, messageBytes = 0, messagesPerMinute = 0, documentPushesPerMinute = 0, ephemeralPerMinute = 0 },
            },
        });
        return true;
    }

    private async Task<bool> PollAsync(string channels, string? from, int wait, CancellationToken cancellationToken)
    {
        var path = $"api/poll?channels={Uri.EscapeDataString(channels)}&wait={wait}" + (from is null ? "" : $"&cursor={from}");
        using var request = Request(HttpMethod.Get, path);
        using var response = await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if ((int)response.StatusCode is 403 or 404)
            return await DropRefusedAsync(channels, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            await RefusedAsync(response).ConfigureAwait(false);
            return false;
        }

        using var answer = JsonDocument.Parse(body);
        foreach (var message in answer.RootElement.GetProperty("messages").EnumerateArray())
            Deliver(message.Clone());
        if (from is not null || cursor is null)
            cursor = answer.RootElement.GetProperty("cursor").GetString();
        // A sign of life, which is all that an empty poll is.
        Deliver(new { type = MessageTypes.Update, channel = ChannelNames.Session, payload = new { op = Ops.Heartbeat } });
        return true;
    }

    /// <summary>A poll is refused as a whole: each channel is asked for alone, and those that are refused are told as a socket tells it.</summary>
    private async Task<bool> DropRefusedAsync(string channels, CancellationToken cancellationToken)
    {
        foreach (var name in channels.Split(',').Select(channel => channel.Split('@')[0]))
        {
            using var request = Request(HttpMethod.Get, $"api/poll?channels={Uri.EscapeDataString(name)}");
            using var response = await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (403 or 404))
                continue;
            var problem = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), ContractsJson.Lenient.Problem)!;
            Deliver(new { type = MessageTypes.Error, channel = name, payload = new { code = problem.Code, message = problem.Detail, retryable = false } });
            Drop(name);
        }

        return true;
    }
}
