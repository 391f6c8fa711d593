using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>What a page did, or tried to, that its content security policy does not allow (SEC-HDR-01).</summary>
internal static class PagePolicy
{
    /// <summary>Runs before everything else in every page.</summary>
    public const string Watch = """
        window.brokenPolicy = []
        document.addEventListener('securitypolicyviolation', event =>
            window.brokenPolicy.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`))
        """;

    public static async Task CheckAsync(IPage page, string screen)
    {
        var broken = await page.EvaluateAsync<string[]>("() => window.brokenPolicy ?? []");
        Assert.True(broken.Length == 0, $"{screen} breaks the page's policy: {string.Join(Environment.NewLine, broken)}");
    }

    public static Task ForgetAsync(IPage page) => page.EvaluateAsync("() => { window.brokenPolicy = [] }");
}
