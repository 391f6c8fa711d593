using Renexus.Client.Realtime;

namespace Renexus.Testing.Chaos;

/// <summary>How much is written while how much is broken. The seed decides who writes where and what is cut.</summary>
public sealed record ChaosPlan(int Seed)
{
    public int Users { get; init; } = 6;

    public int ClientsPerUser { get; init; } = 3;

    public int Threads { get; init; } = 6;

    public int Messages { get; init; } = 1_500;

    /// <summary>How often each server is killed, one after the other.</summary>
    public int ServerKills { get; init; } = 2;

    /// <summary>How often a server is stopped with Ctrl-C and started again.</summary>
    public int Interrupts { get; init; }

    public int PostgresKills { get; init; }

    /// <summary>Server processes on one PostgreSQL; a single one brings its own.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>The share of connections that is cut at each stroke, between two kills.</summary>
    public double CutShare { get; init; } = 0.2;

    /// <summary>How many writes a client has under way.</summary>
    public int Window { get; init; } = 8;

    /// <summary>The clients use these by turns.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [Transport.WebSocket];

    public override string ToString() =>
        $"seed {Seed}: {Users * ClientsPerUser} clients by {string.Join(" and ", Transports)}, {Threads} threads, {Messages} messages, {Servers} servers, {ServerKills} server kills, {PostgresKills} PostgreSQL kills, {Interrupts} times Ctrl-C";
}
