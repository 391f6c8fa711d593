namespace Renexus.Server.Gateway.Sockets;

/// <summary>What nodes ask of each other at once (HintBus).</summary>
internal static class RealtimeSignals
{
    /// <summary>A session was resumed on another node: the connection with this number is to be closed.</summary>
    public const string Replaced = "replaced";
}
