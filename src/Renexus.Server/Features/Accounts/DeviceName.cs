namespace Renexus.Server.Features.Accounts;

/// <summary>A browser and system in words that a person recognises in the list of log-ins: <c>Firefox on Windows</c>.</summary>
internal static class DeviceName
{
    private const int MaxLength = 100;

    // The first that matches names it: later entries appear in the user agents of earlier ones.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    public static string Of(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
            return "Unknown device";

        var browser = Find(Browsers, userAgent) ?? Product(userAgent);
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Mark, string Name)[] known, string userAgent) =>
        Array.Find(known, k => userAgent.Contains(k.Mark, StringComparison.Ordinal)).Name;

    // Programs call themselves "name/version (…)".
    private static string Product(string userAgent)
    {
        var end = userAgent.IndexOfAny(['/', ' ']);
        var product = end > 0 ? userAgent[..end] : userAgent;
        return product.Length <= MaxLength ? product : product[..MaxLength];
    }
}
