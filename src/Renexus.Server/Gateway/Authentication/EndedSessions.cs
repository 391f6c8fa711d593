using System.Collections.Concurrent;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Log-ins that were ended while access tokens of theirs are still good (AU-4). Every request is checked against it, and open sockets
/// listen to <see cref="Ended"/>. An entry leaves when the last of its tokens has run out.
/// </summary>
internal sealed class EndedSessions(RenexusOptions options, TimeProvider clock)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> until = new();
    private long nextSweep;

    /// <summary>Raised once for each log-in, on the thread that learned of it.</summary>
    public event Action<Guid>? Ended;

    public bool Contains(Guid sessionId) => until.ContainsKey(sessionId);

    /// <summary>Ends a log-in on this node; telling the others is the accounts feature's part. Again is nothing.</summary>
    public void End(Guid sessionId)
    {
        var now = clock.GetUtcNow();
        // A token that was being issued at this moment is covered too.
        if (!until.TryAdd(sessionId, now + options.Sessions.AccessTokenLifetime + SweepInterval))
            return;

        Sweep(now);
        Ended?.Invoke(sessionId);
    }

    private void Sweep(DateTimeOffset now)
    {
        var due = Interlocked.Read(ref nextSweep);
        if (now.UtcTicks < due || Interlocked.CompareExchange(ref nextSweep, (now + SweepInterval).UtcTicks, due) != due)
            return;

        foreach (var (id, end) in until)
        {
            if (end <= now)
                until.TryRemove(id, out _);
        }
    }
}
