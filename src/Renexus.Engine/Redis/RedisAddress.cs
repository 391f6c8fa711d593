using System.Globalization;

namespace Renexus.Engine.Redis;

/// <summary>Where Redis is, from <c>redis://[user:password@]host[:port][/database]</c> (<c>rediss</c> for TLS) or <c>host[:port][,password=…][,user=…][,ssl=true][,defaultDatabase=0]</c>.</summary>
public sealed record RedisAddress(string Host, int Port, string? User, string? Password, bool IsTls, int Database)
{
    private const int DefaultPort = 6379;

    /// <exception cref="FormatException">It is neither; the message says what is wrong and holds no password.</exception>
    public static RedisAddress Parse(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? ParseUri(text) : ParseList(text);

    /// <summary>Without secrets, for logs.</summary>
    public override string ToString() => $"{Host}:{Port}";

    private static RedisAddress ParseUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
            throw new FormatException("It must be redis://host:port or rediss://host:port.");

        var credentials = uri.UserInfo.Split(':', 2);
        var database = uri.AbsolutePath.Trim('/');
        return new(
            uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : DefaultPort,
            credentials[0] is { Length: > 0 } user ? Uri.UnescapeDataString(user) : null,
            credentials.Length == 2 ? Uri.UnescapeDataString(credentials[1]) : null,
            uri.Scheme == "rediss", database.Length == 0 ? 0 : Number(database, "database"));
    }

    private static RedisAddress ParseList(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts[0].Contains('=', StringComparison.Ordinal))
            throw new FormatException("It must begin with host:port.");

        var colon = parts[0].LastIndexOf(':');
        var address = new RedisAddress(
            colon < 0 ? parts[0] : parts[0][..colon], colon < 0 ? DefaultPort : Number(parts[0][(colon + 1)..], "port"), null, null, false, 0);
        foreach (var part in parts.Skip(1))
        {
            var pair = part.Split('=', 2);
            var value = pair.Length == 2 ? pair[1] : "";
            address = pair[0].ToLowerInvariant() switch
            {
                "password" => address with { Password = value },
                "user" => address with { User = value },
                "ssl" => address with { IsTls = bool.TryParse(value, out var isTls) ? isTls : throw new FormatException("ssl must be true or false.") },
                "defaultdatabase" => address with { Database = Number(value, "defaultDatabase") },
                var name => throw new FormatException($"{name} is not known; known are password, user, ssl and defaultDatabase."),
            };
        }
        return address;
    }

    private static int Number(string text, string what) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= ushort.MaxValue
            ? number
            : throw new FormatException($"The {what} must be a number.");
}
