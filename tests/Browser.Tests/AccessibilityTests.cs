using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

[Trait("spec", "UI-3")]
public sealed class AccessibilityTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    private const string Violations = """
        async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
            .violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`))
        """;

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Axe_finds_nothing_on_any_screen(ColorScheme scheme, int width)
    {
        var page = await chromium.OpenAsync(server.Address, scheme, width);
        await page.GotoAsync("/");
        await CheckAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }), "sign in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await CheckAsync(page, page.GetByText("A password has at least 8 characters."), "sign up with errors");

        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await CheckAsync(page, page.GetByLabel("Workspace name"), "first workspace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await CheckAsync(page, page.GetByText("No threads yet"), "empty workspace");
        await ada.PressAsync("New thread");
        await CheckAsync(page, page.GetByLabel("Topic"), "new thread");
        await page.GetByLabel("Topic").FillAsync("Launch");
        await ada.PressAsync("Create thread");
        await CheckAsync(page, page.GetByText("Nothing said yet"), "empty thread");
        await ada.SayAsync("Good morning!");
        await ada.ReadsAsync("Good morning!");
        await CheckAsync(page, ada.Messages, "thread");
        await page.GotoAsync(new Uri(page.Url).AbsolutePath.Split("/t/")[0] + "/members");
        await CheckAsync(page, page.GetByText(ada.Email), "people");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Account") }).ClickAsync();
        await CheckAsync(page, page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }), "account menu");
        await page.GotoAsync("/nowhere");
        await CheckAsync(page, page.GetByText("There is nothing at this address"), "not found");
    }

    private static async Task CheckAsync(IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        // Colours on their way from one state to the next belong to neither.
        await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => {})))");
        await InjectAxeAsync(page);
        var violations = await page.EvaluateAsync<string[]>(Violations);
        Assert.True(violations.Length == 0, $"{screen}: {string.Join(Environment.NewLine, violations)}");
    }

    /// <summary>Past the page's own policy, which rightly lets no script in; the test must not loosen it.</summary>
    private static async Task InjectAxeAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var script = await File.ReadAllTextAsync(WebDirectory.PathTo("node_modules", "axe-core", "axe.min.js"));
        await session.SendAsync("Runtime.evaluate", new() { ["expression"] = script });
        await session.DetachAsync();
    }
}
