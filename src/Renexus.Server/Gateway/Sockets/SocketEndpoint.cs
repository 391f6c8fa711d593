using Microsoft.AspNetCore.Http.Features;
using Renexus.Contracts.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Sockets;

/// <summary><c>GET /ws</c>: becomes a WebSocket and holds a <see cref="Conversation"/> over it.</summary>
internal static class SocketEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealtimeServices services, RenexusOptions options)
    {
        // (1) Is it a WebSocket handshake?
        var (request, response) = (context.Request, context.Response);
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var key = request.Headers.SecWebSocketKey.ToString();
        if (upgrade is not { IsUpgradableRequest: true } || !request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.Upgrade = "websocket";
            await ProblemWriter.WriteAsync(context, new CodedProblem(ProblemCode.ValidationFailed, "This address speaks WebSocket; begin with an upgrade."));
            return;
        }
        if (!Handshake.IsValidKey(key) || request.Headers.SecWebSocketVersion != Handshake.Version)
        {
            response.Headers.SecWebSocketVersion = Handshake.Version;
            await ProblemWriter.WriteAsync(context, new CodedProblem(
                ProblemCode.ValidationFailed, $"The handshake needs Sec-WebSocket-Version {Handshake.Version} and a Sec-WebSocket-Key of 16 bytes."));
            return;
        }
        var protocols = request.Headers.SecWebSocketProtocol.ToString();
        if (protocols.Length > 0 && !Handshake.Offers(protocols, CloseCodes.Subprotocol))
        {
            await ProblemWriter.WriteAsync(context, new CodedProblem(
                ProblemCode.ValidationFailed, $"Offer the subprotocol {CloseCodes.Subprotocol}, or none."));
            return;
        }

        // (2) A bearer header, if there is one, must hold; else the hello brings the token.
        Caller? caller = null;
        if (BearerOf(request) is { } token)
        {
            var result = await services.Tokens.VerifyAsync(token, ClientOrigin.Of(context), context.RequestAborted);
            if (result.Caller is not { } known)
            {
                await ProblemWriter.WriteAsync(context, result.Problem);
                return;
            }
            caller = known;
        }
        if (services.IsDraining)
        {
            await ProblemWriter.WriteAsync(context, Problems.Busy(TimeSpan.FromSeconds(1)));
            return;
        }

        // (3) Switch. A browser learns why it was refused only from a close code, so the origin is judged after the switch.
        var deflate = Handshake.NegotiateDeflate(request.Headers.SecWebSocketExtensions);
        response.Headers.Connection = "Upgrade";
        response.Headers.Upgrade = "websocket";
        response.Headers.SecWebSocketAccept = Handshake.Accept(key);
        if (protocols.Length > 0)
            response.Headers.SecWebSocketProtocol = CloseCodes.Subprotocol;
        if (deflate is not null)
            response.Headers.SecWebSocketExtensions = deflate;
        await upgrade.UpgradeAsync();

        // (4) HTTP has done its part, and for as long as the socket lives nothing of the request is kept.
        var (isDeflated, isAllowed, origin) = (deflate is not null, IsAllowedOrigin(request, options), Origins.Of(context, caller));
        await context.Features.GetRequiredFeature<Handover>().ContinueAsync(connection =>
        {
            var socket = new SocketConnection(connection.Transport, connection.Abort, services.Sockets, services.Clock, isDeflated);
            var conversation = new Conversation(services, socket, caller, origin);
            if (!isAllowed)
                conversation.Close(CloseCode.Origin, "origin not allowed");
            if (services.IsDraining)
                conversation.Close(CloseCode.GoingAway, "the server is going away");
            return socket.RunAsync(conversation, CancellationToken.None);
        });
    }

    private static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }

    /// <summary>CORS does not guard WebSockets. No origin means that it is no browser.</summary>
    private static bool IsAllowedOrigin(HttpRequest request, RenexusOptions options)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || (options.PublicUrl is { } url && origin.Equals(new Uri(url).GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
            || options.Cors.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}
