using System.Globalization;
using System.Security.Cryptography;

namespace Renexus.Server.Gateway;

/// <summary>
/// The version a caller's change is based on (GW-6): <c>If-Match: "7"</c>, or the whole tag that was read, <c>"7.1f0c"</c>, of which the version counts. Null when any will do.
/// </summary>
/// <param name="Version">What no resource has, when the header cannot be read: the change is then refused as out of date.</param>
internal readonly record struct IfMatch(long? Version)
{
    private const long Unknown = -1;

    /// <summary>How minimal APIs find it.</summary>
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch.ToString();
        return ValueTask.FromResult(new IfMatch(header is "" or "*" ? null : Parse(header)));
    }

    private static long Parse(string header)
    {
        if (header.Length < 3 || header[0] != '"' || header[^1] != '"')
            return Unknown;
        var tag = header.AsSpan(1, header.Length - 2);
        var end = tag.IndexOf('.');
        return long.TryParse(end < 0 ? tag : tag[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : Unknown;
    }
}

/// <summary>The version a caller gets (GW-6).</summary>
internal static class Versions
{
    public static void SetVersion(this HttpResponse response, long version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The same of an answer that also shows what changes without a version: the tag is of all that is shown, so that nobody is left with what was.</summary>
    public static void SetVersion<T>(this HttpResponse response, long version, T shown)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Json.Utf8(shown)).AsSpan(0, 8));
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}.{digest}\"");
    }
}
