using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Webhooks;

/// <summary>What goes with switching an endpoint on or off, whoever does it.</summary>
internal static class EndpointSwitch
{
    /// <summary>What waits is given up; it can be sent again.</summary>
    public static readonly Command GiveUp = new("webhooks.give_up", """
        update webhooks.delivery d set state = 2, due_at = null, settled_at = $2 where d.endpoint_id = $1 and d.state = 0
        """);

    /// <summary>Somebody wants to see whether it works: however it has been doing, it is tried at once.</summary>
    public static readonly Command EndRest = new("webhooks.end_rest", """
        update webhooks.health h set paused_until = null where h.endpoint_id = $1
        """);

    /// <summary>Whether the workspace is followed: to be called after an endpoint came, went, or was switched.</summary>
    public static readonly Command Settle = new("webhooks.settle", "select webhooks.settle($1)");
}
