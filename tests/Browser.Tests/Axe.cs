using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>What the accessibility rules say about the page as it is now.</summary>
internal static class Axe
{
    private const string Violations = """
        async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
            .violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`))
        """;

    /// <summary>Waits until something is shown and at rest, and finds nothing wrong with the whole page.</summary>
    public static async Task CheckAsync(IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        // Colours on their way from one state to the next belong to neither; what pulsates for ever is not waited for.
        await page.EvaluateAsync("""
            () => Promise.all(document.getAnimations()
                .filter(animation => animation.effect.getComputedTiming().iterations !== Infinity)
                .map(animation => animation.finished.catch(() => {})))
            """);
        await InjectAsync(page);
        var violations = await page.EvaluateAsync<string[]>(Violations);
        Assert.True(violations.Length == 0, $"{screen}: {string.Join(Environment.NewLine, violations)}");
    }

    /// <summary>Past the page's own policy, which rightly lets no script in; the test must not loosen it.</summary>
    private static async Task InjectAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var script = await File.ReadAllTextAsync(WebDirectory.PathTo("node_modules", "axe-core", "axe.min.js"));
        // The session stays: one that leaves takes the page's virtual authenticators with it.
        await session.SendAsync("Runtime.evaluate", new() { ["expression"] = script });
    }
}
