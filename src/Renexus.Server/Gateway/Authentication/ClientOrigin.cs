using System.Net;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Where a token came from, for the list of log-ins: the program as it names itself, and its address.</summary>
internal readonly record struct ClientOrigin(string UserAgent, IPAddress? Address)
{
    public static ClientOrigin Of(HttpContext context) => new(context.Request.Headers.UserAgent.ToString(), context.Connection.RemoteIpAddress);
}
