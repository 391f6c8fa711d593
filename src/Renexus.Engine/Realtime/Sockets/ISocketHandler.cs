namespace Renexus.Engine.Realtime.Sockets;

/// <summary>What a socket tells the conversation held over it.</summary>
public interface ISocketHandler
{
    /// <summary>
    /// A complete text message, valid UTF-8. Messages come one after the other: the next is not read before the returned task has ended,
    /// so a handler that must not slow its peer starts its work and returns.
    /// </summary>
    /// <param name="json">Lives until the returned task ends; copy what is kept longer.</param>
    ValueTask OnTextAsync(ReadOnlyMemory<byte> json);

    /// <summary>A message over the limit was read and thrown away; the socket lives on.</summary>
    /// <param name="head">Its first bytes (1 KB at most, cut anywhere), so that its id may be found for the answer.</param>
    ValueTask OnOversizeAsync(ReadOnlyMemory<byte> head);

    /// <summary>
    /// The reader is slow: <see cref="SocketOptions.SlowBytes"/> wait although ephemeral messages were dropped. Stop sending live, wait for
    /// <see cref="SocketConnection.DrainedAsync"/> and go on from the log. Called on the sender's thread, no lock held, once until the queue
    /// was empty again: take a note and return.
    /// </summary>
    void OnOverflow();

    /// <summary>The socket has ended; the last call. The code is the one that was sent or received first.</summary>
    void OnClosed(CloseCode code);
}
