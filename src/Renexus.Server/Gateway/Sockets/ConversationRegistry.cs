using System.Collections.Concurrent;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>The open conversations of this node.</summary>
internal sealed class ConversationRegistry
{
    private readonly ConcurrentDictionary<long, Conversation> byConnection = new();

    public ICollection<Conversation> All => byConnection.Values;

    public int Count => byConnection.Count;

    public void Add(Conversation conversation) => byConnection[conversation.Connection] = conversation;

    public void Remove(Conversation conversation) => byConnection.TryRemove(conversation.Connection, out _);

    public Conversation? Find(long connection) => byConnection.GetValueOrDefault(connection);
}
