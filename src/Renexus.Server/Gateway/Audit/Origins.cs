using Renexus.Engine.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Audit;

/// <summary>Where requests come from, for the audit trail: the one place that knows, over HTTP and sockets.</summary>
internal static class Origins
{
    /// <summary>After who asks is known; before anything is done.</summary>
    public static Task AssignAsync(HttpContext context, RequestDelegate next)
    {
        Origin.Current = Of(context, context.Features.Get<Caller>());
        return next(context);
    }

    /// <summary>The origin of a request, or of the connection that it opens.</summary>
    public static Origin Of(HttpContext context, Caller? caller) => new(
        caller?.UserId, caller?.SessionId, KeyId: null, context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString(), CorrelationId.Of(context));

    /// <summary>The origin of a message over a connection: the connection's, for this caller, under the id its sender chose.</summary>
    public static Origin Of(Origin connection, Caller caller, string requestId) =>
        connection with { Actor = caller.UserId, SessionId = caller.SessionId, CorrelationId = requestId };
}
