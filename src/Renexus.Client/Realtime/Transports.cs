using System.Net.WebSockets;

namespace Renexus.Client.Realtime;

/// <summary>The ways to the server, best first.</summary>
public enum Transport
{
    /// <summary>One socket both ways.</summary>
    WebSocket,

    /// <summary>Server-Sent Events down, requests up.</summary>
    Events,

    /// <summary>Requests that wait, and requests up.</summary>
    Polling,
}

/// <summary>
/// Chooses the transport of each attempt (RT-8): the best one that works here. One that twice in a row did not get as far as the welcome, while
/// the server answers otherwise, gives way to the next; from time to time the best one is tried again.
/// </summary>
internal sealed class TransportChoice(IReadOnlyList<Transport> allowed)
{
    private const int Patience = 2;

    private int index;
    private int failures;

    /// <summary>The one to use now.</summary>
    public Transport Current => allowed[index];

    /// <summary>Whether there is a better one to go back to.</summary>
    public bool IsFallback => index > 0;

    /// <summary>It got as far as the welcome.</summary>
    public void Worked() => failures = 0;

    /// <summary>It did not. When nothing works the network is away, which says nothing against the best one.</summary>
    public void Failed()
    {
        if (++failures < Patience)
            return;
        failures = index + 1 < allowed.Count ? Patience - 1 : 0;
        index = (index + 1) % allowed.Count;
    }

    /// <summary>The best one works again.</summary>
    public void GoBack() => (index, failures) = (0, 0);
}
