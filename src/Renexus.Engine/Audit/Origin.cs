using System.Net;

namespace Renexus.Engine.Audit;

/// <summary>Who asks for what happens right now, and from where. Whoever takes requests sets it once; what is recorded below takes it.</summary>
/// <param name="Actor">Who; null when nobody is signed in, or the system acts.</param>
/// <param name="SessionId">The log-in.</param>
/// <param name="KeyId">The API key, where one was used in place of a log-in.</param>
/// <param name="Address">The network address.</param>
/// <param name="Device">What the client calls itself.</param>
/// <param name="CorrelationId">Under which the request is found again.</param>
public sealed record Origin(Guid? Actor, Guid? SessionId, Guid? KeyId, IPAddress? Address, string? Device, string? CorrelationId)
{
    /// <summary>The system itself: jobs, retention, start and stop.</summary>
    public static readonly Origin System = new(null, null, null, null, null, null);

    private static readonly AsyncLocal<Origin?> Ambient = new();

    /// <summary>The origin of what this flow of execution does.</summary>
    public static Origin Current
    {
        get => Ambient.Value ?? System;
        set => Ambient.Value = value;
    }
}
