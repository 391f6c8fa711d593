using Renexus.Contracts;

namespace Renexus.Server.Gateway;

/// <summary>
/// A kind of failure. The list below is the whole catalogue, the same over HTTP and over sockets; each entry has its page in
/// <c>docs/problems/</c>. A feature that needs a more specific code adds its line here, its page there and its constant to Contracts.
/// </summary>
/// <param name="Code">Stable: programs branch on it.</param>
/// <param name="Status">The HTTP status it is answered with.</param>
/// <param name="Title">The kind of failure in a few words, the same for every occurrence.</param>
/// <param name="Retryable">Whether the same request may succeed later without anybody changing it.</param>
internal sealed record ProblemCode(string Code, int Status, string Title, bool Retryable = false)
{
    public static readonly ProblemCode ValidationFailed = new(ProblemCodes.ValidationFailed, 400, "The input breaks a rule");
    public static readonly ProblemCode BadChange = new(ProblemCodes.BadChange, 400, "The change does not fit the document");
    public static readonly ProblemCode Unauthenticated = new(ProblemCodes.Unauthenticated, 401, "Not signed in");
    public static readonly ProblemCode TokenExpired = new(ProblemCodes.TokenExpired, 401, "The access token has run out");
    public static readonly ProblemCode SecondFactorRequired = new(ProblemCodes.SecondFactorRequired, 401, "A second factor is required");
    public static readonly ProblemCode SecondFactorInvalid = new(ProblemCodes.SecondFactorInvalid, 401, "The second factor does not hold");
    public static readonly ProblemCode Forbidden = new(ProblemCodes.Forbidden, 403, "Not allowed");
    public static readonly ProblemCode ReauthenticationRequired = new(ProblemCodes.ReauthenticationRequired, 403, "A fresh proof of who you are is required");
    public static readonly ProblemCode EmailNotVerified = new(ProblemCodes.EmailNotVerified, 403, "The email address is not confirmed");
    public static readonly ProblemCode NotFound = new(ProblemCodes.NotFound, 404, "Not found");
    public static readonly ProblemCode UnknownChannel = new(ProblemCodes.UnknownChannel, 404, "Unknown channel");
    public static readonly ProblemCode MethodNotAllowed = new(ProblemCodes.MethodNotAllowed, 405, "Method not allowed");
    public static readonly ProblemCode RequestTimeout = new(ProblemCodes.RequestTimeout, 408, "The request came too slowly", Retryable: true);
    public static readonly ProblemCode Conflict = new(ProblemCodes.Conflict, 409, "Conflicts with the current state");
    public static readonly ProblemCode Resync = new(ProblemCodes.Resync, 409, "What the client holds cannot be continued", Retryable: true);
    public static readonly ProblemCode PreconditionFailed = new(ProblemCodes.PreconditionFailed, 412, "Somebody changed it first");
    public static readonly ProblemCode PayloadTooLarge = new(ProblemCodes.PayloadTooLarge, 413, "Too large");
    public static readonly ProblemCode QuotaExceeded = new(ProblemCodes.QuotaExceeded, 413, "No room is left");
    public static readonly ProblemCode UnsupportedMediaType = new(ProblemCodes.UnsupportedMediaType, 415, "Unsupported media type");
    public static readonly ProblemCode IdempotencyMismatch = new(ProblemCodes.IdempotencyMismatch, 422, "The idempotency key belongs to another request");
    public static readonly ProblemCode RateLimited = new(ProblemCodes.RateLimited, 429, "Too many requests", Retryable: true);
    public static readonly ProblemCode ConnectionLimit = new(ProblemCodes.ConnectionLimit, 429, "Too many connections");
    public static readonly ProblemCode ChannelLimit = new(ProblemCodes.ChannelLimit, 429, "Too many channels");
    public static readonly ProblemCode Internal = new(ProblemCodes.Internal, 500, "Something went wrong here");
    public static readonly ProblemCode ProviderFailed = new(ProblemCodes.ProviderFailed, 502, "An outside service failed", Retryable: true);
    public static readonly ProblemCode Unavailable = new(ProblemCodes.Unavailable, 503, "Not available right now", Retryable: true);

    /// <summary>Every kind of failure there is.</summary>
    public static readonly IReadOnlyList<ProblemCode> All =
    [
        SecondFactorRequired, SecondFactorInvalid, ReauthenticationRequired, EmailNotVerified,
        ValidationFailed, BadChange, Unauthenticated, TokenExpired, Forbidden, NotFound, UnknownChannel, MethodNotAllowed, RequestTimeout, Conflict,
        Resync, PreconditionFailed, PayloadTooLarge, QuotaExceeded, UnsupportedMediaType, IdempotencyMismatch, RateLimited, ConnectionLimit, ChannelLimit,
        Internal, ProviderFailed, Unavailable,
    ];

    /// <summary>RFC 9457 <c>type</c>: where the failure is explained.</summary>
    public string TypeUri { get; } = "/problems/" + Code;

    /// <summary>The general kind for a status that nothing more precise is known about.</summary>
    public static ProblemCode OfStatus(int status) => status switch
    {
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        409 => Conflict,
        412 => PreconditionFailed,
        413 => PayloadTooLarge,
        415 => UnsupportedMediaType,
        429 => RateLimited,
        502 => ProviderFailed,
        503 => Unavailable,
        < 500 => ValidationFailed,
        _ => Internal,
    };
}
