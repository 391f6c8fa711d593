using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>What was found out about the tokens of about this many clients, so that most requests cost a look-up instead of a signature.</summary>
internal sealed class RecentTokens<T>(int capacity)
    where T : class
{
    private ConcurrentDictionary<string, T> recent = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, T> older = new(StringComparer.Ordinal);

    public bool TryGet(string token, [NotNullWhen(true)] out T? known)
    {
        if (recent.TryGetValue(token, out known))
            return true;
        if (!older.TryGetValue(token, out known))
            return false;

        Remember(token, known);
        return true;
    }

    /// <summary>Two generations: when the young one is full it becomes the old one, and what was used meanwhile has moved on.</summary>
    public void Remember(string token, T known)
    {
        recent[token] = known;
        if (recent.Count <= capacity)
            return;

        older = recent;
        recent = new(StringComparer.Ordinal);
    }
}
