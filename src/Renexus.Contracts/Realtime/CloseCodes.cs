namespace Renexus.Contracts.Realtime;

/// <summary>Why a connection was closed: 4000–4499 come back, 4500–4999 stop (PROTOCOL, Close codes).</summary>
public static class CloseCodes
{
    /// <summary>The subprotocol of <c>/ws</c>.</summary>
    public const string Subprotocol = "renexus.v1";

    /// <summary>The node goes away; come back, another may answer.</summary>
    public const int GoingAway = 4000;

    /// <summary>Nothing was heard from the client for too long (RT-4).</summary>
    public const int Timeout = 4001;

    /// <summary>A resume of the same session took its place.</summary>
    public const int Replaced = 4002;

    /// <summary>The client reads slower than it is written to (RT-7); resume.</summary>
    public const int TooSlow = 4003;

    /// <summary>The server lost what it held of the connection; resume.</summary>
    public const int StateLost = 4004;

    /// <summary>More than 60 pings a minute.</summary>
    public const int Rate = 4005;

    /// <summary>The access token ran out and was not renewed (RT-2); renew it and come back.</summary>
    public const int TokenExpired = 4010;

    /// <summary>The token is not valid.</summary>
    public const int BadToken = 4500;

    /// <summary>The client does not speak this protocol.</summary>
    public const int Protocol = 4501;

    /// <summary>The user has as many connections as allowed (RT-3).</summary>
    public const int ConnectionLimit = 4503;

    /// <summary>The log-in was ended; log in again (AU-4).</summary>
    public const int SessionEnded = 4504;

    /// <summary>The page's origin is not allowed.</summary>
    public const int Origin = 4506;

    /// <summary>Whether the client may connect again: true for everything but 4500–4999.</summary>
    public static bool MayReturn(int code) => code is < 4500 or > 4999;
}
