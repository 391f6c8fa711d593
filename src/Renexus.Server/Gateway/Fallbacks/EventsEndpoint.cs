using Microsoft.AspNetCore.Http.Features;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Fallbacks;

/// <summary>
/// <c>GET /api/events</c>: the same messages as a socket's, as Server-Sent Events. A stream is a connection like a socket: it has a session,
/// counts towards the limit, and coming back with <c>Last-Event-ID</c> takes the old one's place and brings what was missed.
/// </summary>
internal static class EventsEndpoint
{
    private const string Resume = "Last-Event-ID";

    /// <param name="channels">Separated by commas.</param>
    /// <param name="presence">Those of them on which to see who is there, and to be seen.</param>
    public static async Task HandleAsync(string? channels, string? presence, HttpContext context, Caller caller, RealtimeServices services)
    {
        // (1) What is asked for, and from where.
        if (channels is null || AskedChannels.Parse(channels) is not { } asked)
        {
            await RefuseAsync(context, Problems.Invalid("channels", "Name the channels to listen to, separated by commas."));
            return;
        }
        if (asked.Count > AskedChannels.Most)
        {
            await RefuseAsync(context, new CodedProblem(ProblemCode.ChannelLimit, $"One stream listens to {AskedChannels.Most} channels at most."));
            return;
        }
        var present = (presence ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (present.Except(asked.Select(channel => channel.Name), StringComparer.Ordinal).Any())
        {
            await RefuseAsync(context, Problems.Invalid("presence", "Name channels that you listen to, separated by commas."));
            return;
        }
        StreamPosition? held = null;
        if (context.Request.Headers[Resume].ToString() is { Length: > 0 } text && (held = StreamPosition.Parse(text)) is null)
        {
            await RefuseAsync(context, Problems.Invalid(Resume, "It is not the id of an event of such a stream."));
            return;
        }
        if (services.IsDraining)
        {
            await RefuseAsync(context, Problems.Busy(TimeSpan.FromSeconds(1)));
            return;
        }

        // (2) A place among the person's connections, while a refusal can still be a status.
        var (position, clock) = (new StreamPosition(Guid.Empty), services.Clock);
        var stream = new EventStream(context.Response.Body, position, services.Sockets, clock, services.Encoder.Closed, context.Abort);
        var conversation = new Conversation(services, stream, caller, Origins.Of(context, caller));
        if (await conversation.AdmitListenerAsync(held?.Session) is { } refusal)
        {
            conversation.OnClosed(CloseCode.ConnectionLimit);
            await RefuseAsync(context, refusal);
            return;
        }
        position.Session = conversation.Session;

        // (3) The stream, from the welcome on.
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies that would wait for more
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writing = stream.RunAsync(conversation, context.RequestAborted);
        await conversation.ListenAsync([.. asked.Select(channel =>
            channel.From(held, services.Channels) with { Presence = present.Contains(channel.Name, StringComparer.Ordinal) })]);
        await writing;
    }

    private static ValueTask RefuseAsync(HttpContext context, CodedProblem problem) => ProblemWriter.WriteAsync(context, problem);
}
