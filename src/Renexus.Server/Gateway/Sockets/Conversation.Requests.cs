using Renexus.Contracts.Realtime;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>Where a request has said already who speaks: a stream of events, which only listens, and what is sent beside it or a poll.</summary>
internal sealed partial class Conversation
{
    /// <summary>Takes a place among the person's connections; answers why not.</summary>
    /// <param name="asked">The session that the stream before belonged to.</param>
    public Task<CodedProblem?> AdmitListenerAsync(Guid? asked) => AdmitAsync(caller!, asked?.ToString());

    /// <summary>The session, once there is one.</summary>
    public Guid Session => session;

    /// <summary>Says welcome and begins the channels, each where the client left it.</summary>
    public Task ListenAsync(IReadOnlyList<ChannelPosition> channels) => WelcomeAsync(null, channels);

    /// <summary>Takes messages, one after the other; ends when each has been answered.</summary>
    public async Task TakeAsync(IEnumerable<ReadOnlyMemory<byte>> messages)
    {
        isGreeted = true;
        foreach (var message in messages)
            await OnTextAsync(message);
        if (window is not null)
            await window.EmptyAsync();
    }
}
