using Renexus.Load.Sockets;

namespace Renexus.Load.Wires;

/// <summary>Who connects.</summary>
internal readonly record struct Login(Guid UserId, string Token);

/// <summary>How a contestant speaks over its WebSocket: the same conversation in the words of each.</summary>
internal interface IWire
{
    /// <summary>What is asked to be upgraded.</summary>
    string Path { get; }

    string? Subprotocol { get; }

    /// <summary>Signs in and subscribes to these threads; to the person's own news where there are none.</summary>
    IGreeting Greet(Login login, IReadOnlyList<Guid> threads);

    /// <summary>A message to a thread, ready to be sent again and again by one connection.</summary>
    IMessageTemplate Message(Guid threadId, int bodyBytes, int connection);

    /// <summary>Tells what a text says.</summary>
    /// <exception cref="IOException">The server refused something.</exception>
    void Read(RawConnection connection, ReadOnlySpan<byte> text, IWireSink sink);
}

/// <summary>The texts to and fro until a connection may be used.</summary>
internal interface IGreeting
{
    /// <summary>What the client says first; null when it waits.</summary>
    byte[]? First { get; }

    bool IsDone { get; }

    /// <returns>What the client says to that, if anything.</returns>
    byte[]? Answer(ReadOnlySpan<byte> text);
}

/// <summary>A message encoded once; each one sent differs only in its id.</summary>
internal interface IMessageTemplate
{
    /// <summary>The frame of a message, valid until the next call.</summary>
    ReadOnlySpan<byte> Frame(uint number);
}

/// <summary>What a load wants to know of what arrives.</summary>
internal interface IWireSink
{
    /// <param name="number">Of the message, as it was sent.</param>
    /// <param name="version">Its place in its thread.</param>
    void OnAcknowledged(RawConnection connection, uint number, long version);

    void OnDelivered(RawConnection connection, long version);
}
