namespace Renexus.Server.Gateway.Authentication;

/// <summary>Who asks. Operations take it as a parameter; it is there on every address that is not open to everybody.</summary>
/// <param name="SessionId">The log-in, which the person can see and end (AU-4).</param>
/// <param name="ExpiresAt">When the access token or the key runs out.</param>
internal sealed record Caller(Guid UserId, Guid SessionId, DateTimeOffset ExpiresAt)
{
    /// <summary>What an API key may do (<see cref="KeyScopes"/>), whose id then stands in place of the log-in's; null for a person.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>How minimal APIs find it; null where nobody is signed in.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}
