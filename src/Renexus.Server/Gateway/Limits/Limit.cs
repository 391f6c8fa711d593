using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Limits;

/// <summary>What is counted apart (GW-4; PROTOCOL, Limits).</summary>
internal enum Limit
{
    /// <summary>Messages and other ordinary real-time writes; for each log-in.</summary>
    Messages,

    /// <summary>Every other write over HTTP; for each log-in.</summary>
    Writes,

    /// <summary>Pushes to documents; for each log-in.</summary>
    DocumentPushes,

    /// <summary>Typing, cursors, presence; for each log-in.</summary>
    Ephemeral,

    /// <summary>Log in, register and the like; for each address, and by the operation itself for each account.</summary>
    Authentication,

    /// <summary>Generations; for each person.</summary>
    Generation,

    /// <summary>Requests without valid credentials; for each address.</summary>
    Anonymous,
}

/// <summary>How much of a <see cref="Limit"/>.</summary>
/// <param name="Name">As <c>RateLimit-Policy</c> shows it.</param>
/// <param name="PerMinute">How fast the bucket refills; 0 means no limit.</param>
/// <param name="Burst">How much it holds: never more than a minute's worth.</param>
internal sealed record LimitPolicy(string Name, int PerMinute, int Burst)
{
    public bool IsOff => PerMinute == 0;

    /// <summary>The policies as configured, at the places of <see cref="Limit"/>.</summary>
    public static LimitPolicy[] Of(LimitOptions options) =>
    [
        new("messages", options.MessagesPerMinute, Math.Min(options.MessagesBurst, options.MessagesPerMinute)),
        Of("writes", options.WritesPerMinute),
        Of("document-pushes", options.DocumentPushesPerMinute),
        Of("ephemeral", options.EphemeralPerMinute),
        Of("authentication", options.AuthenticationPerMinute),
        Of("generation", options.GenerationPerMinute),
        Of("anonymous", options.AnonymousPerMinute),
    ];

    private static LimitPolicy Of(string name, int perMinute) => new(name, perMinute, perMinute);
}
