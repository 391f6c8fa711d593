namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Security events carry their OWASP vocabulary name, so that they can be searched for (SEC-AUD-06).</summary>
internal static partial class FactorsLog
{
    [LoggerMessage(2150, LogLevel.Information, "User {UserId} proved anew who it is in session {SessionId} (authn_login_success)")]
    public static partial void SteppedUp(this ILogger logger, Guid userId, Guid sessionId);

    [LoggerMessage(2151, LogLevel.Warning, "User {UserId} failed to prove anew who it is in session {SessionId} (authn_login_fail)")]
    public static partial void StepUpFailed(this ILogger logger, Guid userId, Guid sessionId);

    [LoggerMessage(2152, LogLevel.Warning, "The second factor of user {UserId} did not hold, from {Address} (authn_login_fail)")]
    public static partial void SecondFactorFailed(this ILogger logger, Guid userId, string? address);

    [LoggerMessage(2153, LogLevel.Warning, "What logs user {UserId} in changed or was misused ({Event})")]
    public static partial void FactorNews(this ILogger logger, Guid userId, string @event);

    [LoggerMessage(2154, LogLevel.Warning, "A passkey was refused for user {UserId}: {Reason} (authn_login_fail)")]
    public static partial void PasskeyRefused(this ILogger logger, Guid? userId, string reason);
}
