using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Engine.Realtime.Sockets;

/// <summary>The header values of the opening handshake (RFC 6455, 4.2; RFC 7692, 7.1). The HTTP around them is the host's.</summary>
public static class Handshake
{
    public const string Version = "13";

    /// <summary>The compression that <see cref="NegotiateDeflate"/> agrees to: no side remembers earlier messages.</summary>
    private const string DeflateAnswer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int KeyBytes = 16;
    private const int KeyCharacters = 24;

    /// <summary>Whether <c>Sec-WebSocket-Key</c> is 16 bytes in Base64.</summary>
    public static bool IsValidKey(string? key) =>
        key is { Length: KeyCharacters } && Base64.IsValid(key, out var bytes) && bytes == KeyBytes;

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers <paramref name="key"/>.</summary>
    public static string Accept(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
#pragma warning disable CA5350, RS0030 // The standard demands SHA-1; it proves that we speak WebSocket and protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350, RS0030
    }

    /// <summary>Whether <paramref name="protocol"/> is among those that <c>Sec-WebSocket-Protocol</c> offers.</summary>
    public static bool Offers(string? protocols, string protocol)
    {
        foreach (var range in protocols.AsSpan().Split(','))
        {
            if (protocols.AsSpan(range).Trim().Equals(protocol, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>
    /// The <c>Sec-WebSocket-Extensions</c> that answers the client's: the first offer of permessage-deflate that we can keep, else null.
    /// </summary>
    public static string? NegotiateDeflate(string? extensions)
    {
        foreach (var range in extensions.AsSpan().Split(','))
        {
            if (AnswerTo(extensions.AsSpan(range)) is { } answer)
                return answer;
        }

        return null;
    }

    private static string? AnswerTo(ReadOnlySpan<char> offer)
    {
        var parts = offer.Split(';');
        if (!parts.MoveNext() || !offer[parts.Current].Trim().Equals("permessage-deflate", StringComparison.OrdinalIgnoreCase))
            return null;

        var seen = Parameters.None;
        while (parts.MoveNext())
        {
            // An offer with a parameter that is unknown, repeated or out of range is declined as a whole (RFC 7692, 7.1).
            var parameter = Parse(offer[parts.Current].Trim());
            if (parameter == Parameters.None || seen.HasFlag(parameter))
                return null;
            seen |= parameter;
        }

        return seen.HasFlag(Parameters.ServerMaxWindowBits) ? DeflateAnswer + "; server_max_window_bits=15" : DeflateAnswer;
    }

    [Flags]
    private enum Parameters
    {
        None = 0,
        ServerNoContextTakeover = 1,
        ClientNoContextTakeover = 2,
        ServerMaxWindowBits = 4,
        ClientMaxWindowBits = 8,
    }

    private static Parameters Parse(ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        var name = equals < 0 ? parameter : parameter[..equals].TrimEnd();
        var value = equals < 0 ? [] : parameter[(equals + 1)..].Trim().Trim('"');
        return name switch
        {
            "server_no_context_takeover" when equals < 0 => Parameters.ServerNoContextTakeover,
            "client_no_context_takeover" when equals < 0 => Parameters.ClientNoContextTakeover,

            // Frames are compressed once for everybody, with the full window: a client that asks for a smaller one gets none compressed.
            "server_max_window_bits" when value is "15" => Parameters.ServerMaxWindowBits,
            "client_max_window_bits" when equals < 0 || value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15" =>
                Parameters.ClientMaxWindowBits,
            _ => Parameters.None,
        };
    }
}
