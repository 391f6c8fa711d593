namespace Renexus.Contracts;

/// <summary>The stable codes of failures, the same over HTTP and over sockets (PROTOCOL, Conventions and Errors).</summary>
public static class ProblemCodes
{
    /// <summary>400: the input breaks a rule; <c>errors</c> names the fields.</summary>
    public const string ValidationFailed = "validation_failed";

    /// <summary>401: no credentials, or none that are valid.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>401: the access token was good and has run out; renew it and try again.</summary>
    public const string TokenExpired = "token_expired";

    /// <summary>401: the password held and the account has a second factor; <c>methods</c> lists those that would do.</summary>
    public const string SecondFactorRequired = "second_factor_required";

    /// <summary>401: the code or the passkey that came as second factor does not hold, or was used before.</summary>
    public const string SecondFactorInvalid = "second_factor_invalid";

    /// <summary>403: dangerous, and the last proof of who the caller is lies too far back; step up and ask again.</summary>
    public const string ReauthenticationRequired = "reauthentication_required";

    /// <summary>403: visible, but this right is missing.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: this installation asks for a proven address first.</summary>
    public const string EmailNotVerified = "email_not_verified";

    /// <summary>404: missing, or not for the caller to see.</summary>
    public const string NotFound = "not_found";

    /// <summary>405: the address exists, this method does not; <c>Allow</c> lists those that do.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>408: the body did not come in time.</summary>
    public const string RequestTimeout = "request_timeout";

    /// <summary>409: the id or name belongs to something else, or the state forbids it.</summary>
    public const string Conflict = "conflict";

    /// <summary>412: somebody changed it first; the body carries the current state.</summary>
    public const string PreconditionFailed = "precondition_failed";

    /// <summary>413: over the limit in bytes.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>413: no room is left for it; <c>detail</c> says in which account, and how much there is.</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>415: the content type is not read here.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>422: the idempotency key was used for another request.</summary>
    public const string IdempotencyMismatch = "idempotency_mismatch";

    /// <summary>429: too fast; wait as long as <c>Retry-After</c> says.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>500: our fault; nothing was changed.</summary>
    public const string Internal = "internal";

    /// <summary>502: an outside service failed.</summary>
    public const string ProviderFailed = "provider_failed";

    /// <summary>503: overload or outage; try again after <c>Retry-After</c>.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>Sockets: there is no channel of that name.</summary>
    public const string UnknownChannel = "unknown_channel";

    /// <summary>Sockets: the user has as many connections as allowed (RT-3); close code 4503 follows.</summary>
    public const string ConnectionLimit = "connection_limit";

    /// <summary>Sockets: the connection has as many channels as allowed.</summary>
    public const string ChannelLimit = "channel_limit";

    /// <summary>Sockets: a document change that does not fit the document or is malformed.</summary>
    public const string BadChange = "bad_change";

    /// <summary>Sockets: what the client holds cannot be continued; drop it and load again.</summary>
    public const string Resync = "resync";
}
