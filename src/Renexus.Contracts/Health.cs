namespace Renexus.Contracts;

/// <summary>How the server is doing (OB-1).</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> (serves with restrictions) or <c>unhealthy</c>.</param>
/// <param name="Database"><c>connected</c> or why not; absent where it was not asked.</param>
/// <param name="Uptime">Seconds since the process began to serve.</param>
/// <param name="Timestamp">When this was found.</param>
/// <param name="Version">The server's version.</param>
/// <param name="Checks">Each dependency by name.</param>
public sealed record ServerHealth(
    string Status,
    string? Database,
    double Uptime,
    DateTimeOffset Timestamp,
    string Version,
    IReadOnlyDictionary<string, DependencyHealth>? Checks);

/// <summary>How one dependency is doing.</summary>
/// <param name="Status">As in <see cref="ServerHealth"/>.</param>
/// <param name="Description">One sentence, for people.</param>
/// <param name="Milliseconds">How long it took to find out.</param>
public sealed record DependencyHealth(string Status, string? Description, double Milliseconds);
