using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>What the accessibility rules say about the page as it is now.</summary>
internal static class Axe
{
    private const string Violations = """
        async ({ rules }) => (await axe.run(document, {
            runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
        })).violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`))
        """;

    /// <summary>What another theme may break where the same elements stand at the same places.</summary>
    public static readonly string[] Colours = ["color-contrast", "link-in-text-block"];

    /// <summary>Waits until something is shown and at rest, and finds nothing wrong with the whole page.</summary>
    public static async Task CheckAsync(IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.First).ToBeVisibleAsync();
        await CheckAsync(page, screen);
    }

    /// <summary>Finds nothing wrong with the whole page as it is.</summary>
    /// <param name="rules">Only these; otherwise all.</param>
    public static async Task CheckAsync(IPage page, string screen, string[]? rules = null)
    {
        await Look.AtRestAsync(page);
        await PagePolicy.CheckAsync(page, screen);
        await InjectAsync(page);
        var violations = await page.EvaluateAsync<string[]>(Violations, new { rules });
        Assert.True(violations.Length == 0, $"{screen}: {string.Join(Environment.NewLine, violations)}");
        await PagePolicy.ForgetAsync(page); // what axe itself did
    }

    /// <summary>Past the page's own policy, which rightly lets no script in; the test must not loosen it.</summary>
    private static async Task InjectAsync(IPage page)
    {
        if (await page.EvaluateAsync<bool>("() => 'axe' in window"))
            return;
        var session = await page.Context.NewCDPSessionAsync(page);
        var script = await File.ReadAllTextAsync(WebDirectory.PathTo("node_modules", "axe-core", "axe.min.js"));
        // The session stays: one that leaves takes the page's virtual authenticators with it.
        await session.SendAsync("Runtime.evaluate", new() { ["expression"] = script });
    }
}
