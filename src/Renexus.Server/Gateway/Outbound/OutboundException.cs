namespace Renexus.Server.Gateway.Outbound;

/// <summary>Why a call to a user's URL came to nothing. For the log: what the user is told has no such distinctions.</summary>
internal enum OutboundFailure
{
    /// <summary>The URL, or every address that its name leads to, may not be called.</summary>
    ForbiddenAddress,

    /// <summary>Refused, closed, no such name, no route, no TLS, nobody there in time.</summary>
    NotConnected,

    /// <summary>Somebody was there and did not answer in time, or not in HTTP.</summary>
    NoAnswer,

    /// <summary>The answer is larger than is taken.</summary>
    TooLarge,
}

/// <summary>
/// A call to a user's URL came to nothing. The message is for the user, and the same for everything that happens before an answer begins: it
/// must not tell what is inside a network (SEC-SSRF-07).
/// </summary>
internal sealed class OutboundException(OutboundFailure failure, Exception? inner = null)
    : Exception(failure == OutboundFailure.TooLarge ? "The answer is too large." : "There was no answer from this address.", inner)
{
    public OutboundFailure Failure => failure;
}
