using System.Reflection;

namespace Renexus.Browser.Tests;

/// <summary>Where the web client's sources and packages are.</summary>
internal static class WebDirectory
{
    private static readonly string Root = typeof(WebDirectory).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == nameof(WebDirectory)).Value!;

    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);
}
