using System.Text;

namespace Renexus.Engine.Redis;

/// <summary>What Redis answers, by the types of RESP3 that commands of ours get.</summary>
public enum RedisKind
{
    Null,
    String,
    Error,
    Integer,
    Double,
    Boolean,

    /// <summary>Arrays and sets, and maps as key, value, key, value.</summary>
    Array,

    /// <summary>Sent without being asked; never the answer to a command.</summary>
    Push,
}

/// <summary>One reply, or an element of one.</summary>
/// <param name="Bytes">Of a string or an error.</param>
/// <param name="Integer">Of an integer; 1 and 0 of a boolean.</param>
/// <param name="Items">Of an array.</param>
public sealed record RedisReply(RedisKind Kind, byte[]? Bytes = null, long Integer = 0, double Double = 0, IReadOnlyList<RedisReply>? Items = null)
{
    internal static readonly RedisReply Nothing = new(RedisKind.Null);

    /// <summary>A string's or an error's text; null of anything else.</summary>
    public string? Text => Bytes is null ? null : Encoding.UTF8.GetString(Bytes);
}

/// <summary>Redis understood the command and refused it. Its first word is the kind: <c>WRONGTYPE</c>, <c>NOSCRIPT</c> ….</summary>
public sealed class RedisException(string message) : Exception(message);

/// <summary>Redis is not there, or went away: the command may or may not have been carried out.</summary>
public sealed class RedisUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
