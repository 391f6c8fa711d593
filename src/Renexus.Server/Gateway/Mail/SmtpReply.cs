using System.Net.Mail;
using System.Net.Sockets;

namespace Renexus.Server.Gateway.Mail;

/// <summary>What a mail server said to a mail that it did not take.</summary>
/// <param name="Code">RFC 5321, 4.2.1.</param>
/// <param name="Text">With the server's words.</param>
internal sealed record SmtpReply(int Code, string Text)
{
    // These are about who sends, not about the mail: whoever runs the installation mends a setting, and what waits goes out.
    private static readonly int[] AboutTheSender = [530, 534, 535, 538];

    /// <summary>No try would change it.</summary>
    public bool IsLasting => Code >= 500 && !AboutTheSender.Contains(Code);

    /// <summary>Null when there was no reply, or not one that refuses.</summary>
    public static SmtpReply? Of(SmtpException failure) =>
        (int)failure.StatusCode is >= 400 and < 600 and var code ? new SmtpReply(code, $"{code} {failure.Message}") : null;

    /// <summary>There was nobody to hand it to.</summary>
    public static bool WasNeverReached(SmtpException failure) => failure.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable,
    };
}
