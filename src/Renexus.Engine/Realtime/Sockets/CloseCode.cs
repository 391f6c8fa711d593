namespace Renexus.Engine.Realtime.Sockets;

/// <summary>
/// Why a socket ended. 1000–2999 are the standard's own; with 4000–4499 the client comes back, with 4500–4999 it stops.
/// A peer may send others between 3000 and 4999; they are handed on as they are.
/// </summary>
public enum CloseCode : ushort
{
    Normal = 1000,
    PeerGoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,

    /// <summary>The peer closed without giving a code. Never on the wire.</summary>
    NoCode = 1005,

    /// <summary>The connection broke without a close frame. Never on the wire.</summary>
    Broken = 1006,
    InvalidPayload = 1007,
    MessageTooBig = 1009,
    InternalError = 1011,

    GoingAway = 4000,
    Timeout = 4001,
    Replaced = 4002,
    TooSlow = 4003,
    StateLost = 4004,
    Rate = 4005,
    TokenExpired = 4010,

    BadToken = 4500,
    Protocol = 4501,
    ConnectionLimit = 4503,
    SessionEnded = 4504,
    Origin = 4506,
}
