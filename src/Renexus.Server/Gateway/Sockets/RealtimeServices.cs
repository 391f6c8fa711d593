using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>What every conversation uses; one object, so that a connection holds one reference.</summary>
internal sealed record RealtimeServices(
    Hub Hub, ChangeLog Log, HintBus Hints, MessageEncoder Encoder, ChannelDirectory Channels, SessionStore Sessions, NodeOptions Node,
    Presence Presence, EphemeralRelay Ephemeral, AccessTokens Tokens, Limiter Limits, ConversationRegistry Conversations, TimerWheel Wheel, RenexusOptions Options,
    TimeProvider Clock, ILogger<Conversation> Logger)
{
    /// <summary>The limits of a socket, as configured.</summary>
    public SocketOptions Sockets { get; } = new()
    {
        MessageBytes = Options.Limits.MessageBytes,
        PingsPerMinute = Options.Limits.PingsPerMinute,
        TooSlowBytes = Options.Realtime.QueueBytes,
    };

    /// <summary>The server is shutting down: nothing new is begun.</summary>
    public bool IsDraining { get; set; }
}
