using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Renexus.Server.Gateway;

/// <summary>
/// Lets what follows an upgraded request go on without HTTP: the request is answered and over, everything that HTTP keeps for
/// it becomes garbage, and only then what the endpoint asked for runs on the bare connection (docs/decisions/0016).
/// </summary>
internal sealed class Handover : IConnectionHeartbeatFeature
{
    private readonly ConnectionContext connection;
    private readonly IDuplexPipe transport;
    private Func<ConnectionContext, Task>? continuation;
    private Action? heartbeat;

    private Handover(ConnectionContext connection)
    {
        (this.connection, transport) = (connection, connection.Transport);
        connection.Features.Set(this);

        // HTTP registers for the connection's heartbeat, which never lets go of it. It gets ours instead.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static self => ((Handover)self).heartbeat?.Invoke(), this);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
    }

    /// <summary>Every endpoint that listens takes part.</summary>
    public static void Use(ListenOptions listen) => listen.Use(next => connection => RunAsync(connection, next));

    /// <summary>
    /// Runs <paramref name="what"/> on the connection of an upgraded request, when HTTP has let go of it. Whoever calls this has
    /// nothing more to do with the request, and should hold nothing of it in <paramref name="what"/>. Where something lies
    /// between the listener and HTTP (TLS), that would end with the request, so there it runs within.
    /// </summary>
    public Task ContinueAsync(Func<ConnectionContext, Task> what)
    {
        if (!ReferenceEquals(connection.Transport, transport))
            return what(connection);
        continuation = what;
        return Task.CompletedTask;
    }

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) => heartbeat += () => action(state);

    private static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await PassHttpAsync(connection, next) is not { } what)
            return;

        // The server is stopping: whoever still reads is to end.
        using var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.UnsafeRegister(
            static connection => ((ConnectionContext)connection!).Transport.Input.CancelPendingRead(), connection);
        await what(connection);
    }

    private static async Task<Func<ConnectionContext, Task>?> PassHttpAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var handover = new Handover(connection);
        await next(connection);
        var what = handover.continuation;
        (handover.heartbeat, handover.continuation) = (null, null);
        return what;
    }
}
