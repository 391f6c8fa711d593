using System.Globalization;

namespace Renexus.Server.Gateway;

/// <summary>The version a caller's change is based on (GW-6): <c>If-Match: "7"</c>. Null when any will do.</summary>
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

    private static long Parse(string header) =>
        header.Length > 2 && header[0] == '"' && header[^1] == '"'
        && long.TryParse(header.AsSpan(1, header.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : Unknown;
}

/// <summary>The version a caller gets (GW-6).</summary>
internal static class Versions
{
    public static void SetVersion(this HttpResponse response, long version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
