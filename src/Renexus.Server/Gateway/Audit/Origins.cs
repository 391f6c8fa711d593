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
        caller?.UserId, SessionIdOf(caller), KeyIdOf(caller), context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString(), CorrelationId.Of(context));

    /// <summary>The origin of a message over a connection: the connection's, for this caller, under the id its sender chose.</summary>
    public static Origin Of(Origin connection, Caller caller, string requestId) =>
        connection with { Actor = caller.UserId, SessionId = SessionIdOf(caller), KeyId = KeyIdOf(caller), CorrelationId = requestId };

    private static Guid? SessionIdOf(Caller? caller) => caller is { Scopes: null } ? caller.SessionId : null;

    private static Guid? KeyIdOf(Caller? caller) => caller is { Scopes: not null } ? caller.SessionId : null;
}
