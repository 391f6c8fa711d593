namespace Renexus.Server.Features.Accounts.External;

/// <summary>Security events carry their OWASP vocabulary name, so that they can be searched for (SEC-AUD-06).</summary>
internal static partial class ExternalPeopleLog
{
    [LoggerMessage(2171, LogLevel.Information, "User {UserId} came from {Issuer} for the first time (user_created)")]
    public static partial void Admitted(this ILogger logger, Guid userId, string issuer);

    [LoggerMessage(2172, LogLevel.Warning, "User {UserId} was linked with an identity at {Issuer} that has verified the same address (user_updated)")]
    public static partial void Linked(this ILogger logger, Guid userId, string issuer);

    [LoggerMessage(2173, LogLevel.Information, "User {UserId} logged in through {Issuer}, session {SessionId} from {Address} (authn_login_success)")]
    public static partial void ExternalLogIn(this ILogger logger, Guid userId, Guid sessionId, string issuer, string? address);

    [LoggerMessage(2174, LogLevel.Warning, "Somebody whom {Issuer} knows has no account here and is not given one (authn_login_fail)")]
    public static partial void NotAdmitted(this ILogger logger, string issuer);
}
