namespace Renexus.Server.Features.Accounts;

/// <summary>Security events carry their OWASP vocabulary name, so that they can be searched for (SEC-AUD-06).</summary>
internal static partial class AccountsLog
{
    [LoggerMessage(2101, LogLevel.Information, "User {UserId} registered, operator: {IsOperator} (user_created)")]
    public static partial void Registered(this ILogger logger, Guid userId, bool isOperator);

    [LoggerMessage(2102, LogLevel.Information, "User {UserId} logged in, session {SessionId} from {Address} (authn_login_success)")]
    public static partial void LoggedIn(this ILogger logger, Guid userId, Guid sessionId, string? address);

    [LoggerMessage(2103, LogLevel.Warning, "Log-in failed for user {UserId} from {Address} (authn_login_fail)")]
    public static partial void LogInFailed(this ILogger logger, Guid? userId, string? address);

    [LoggerMessage(2104, LogLevel.Information, "User {UserId} logged out of session {SessionId} (session_expired)")]
    public static partial void LoggedOut(this ILogger logger, Guid userId, Guid sessionId);

    [LoggerMessage(2105, LogLevel.Warning,
        "A used refresh token of user {UserId} came back from {Address}; session {SessionId} was ended (authn_token_reuse)")]
    public static partial void TokenReused(this ILogger logger, Guid userId, Guid sessionId, string? address);

    [LoggerMessage(2180, LogLevel.Information, "User {UserId} deleted the own account (user_deleted)")]
    public static partial void AccountDeleted(this ILogger logger, Guid userId);

    [LoggerMessage(2106, LogLevel.Warning, "Ended log-ins could not be read; asking again")]
    public static partial void EndedSessionsUnknown(this ILogger logger, Exception exception);

    [LoggerMessage(2107, LogLevel.Information, "The address of user {UserId} was verified, a new one: {IsNewAddress} (user_updated)")]
    public static partial void EmailVerified(this ILogger logger, Guid userId, bool isNewAddress);

    [LoggerMessage(2108, LogLevel.Information, "The password of user {UserId} was set by a mailed link from {Address} (authn_password_change)")]
    public static partial void PasswordReset(this ILogger logger, Guid userId, string? address);

    [LoggerMessage(2109, LogLevel.Information, "User {UserId} changed the password from {Address} (authn_password_change)")]
    public static partial void PasswordChanged(this ILogger logger, Guid userId, string? address);

    [LoggerMessage(2110, LogLevel.Warning, "The owner of user {UserId} denied session {SessionId} by a mailed link from {Address} (authn_login_denied)")]
    public static partial void SessionDenied(this ILogger logger, Guid userId, Guid sessionId, string? address);

    [LoggerMessage(2111, LogLevel.Warning, "Log-in at user {UserId} is held up after {Failures} failures, the last from {Address} (authn_login_lock)")]
    public static partial void LogInHeld(this ILogger logger, Guid userId, int failures, string? address);
}
