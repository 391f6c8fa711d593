using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Shell;

/// <summary>A window of 1280 × 1024 at 400 % has 320 × 256 of its own pixels.</summary>
[Trait("spec", "UI-3")]
public sealed class ZoomTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    /// <summary>What sticks out of the window sideways, unless something that scrolls holds it.</summary>
    private const string CutOff = """
        () => {
            const scrolls = element => {
                for (let e = element.parentElement; e; e = e.parentElement)
                    if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth) return true
                return false
            }
            const cut = [...document.querySelectorAll('h1, h2, h3, p, a, button, input, select, textarea, label, dd, dt, td, [role=option]')]
                .filter(element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.sr-only'))
                .filter(element => !scrolls(element))
                .map(element => ({ element, box: element.getBoundingClientRect() }))
                .filter(({ box }) => box.width > 1 && (box.left < -0.5 || box.right > innerWidth + 0.5))
                .map(({ element, box }) => `${element.tagName} "${element.textContent.slice(0, 40)}" from ${box.left} to ${box.right}`)
            const page = document.scrollingElement
            return page.scrollWidth > innerWidth ? [`the page is ${page.scrollWidth} wide`, ...cut] : cut
        }
        """;

    [Fact]
    public async Task Nothing_is_cut_off_and_nothing_scrolls_sideways_at_400_percent()
    {
        var page = await chromium.OpenAsync(server.Address, width: 320, height: 256);
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync("/components");
        await CheckAsync(page, page.GetByRole(AriaRole.Heading, new() { Name = "Foundations" }), "components");
        await page.GotoAsync("/sign-in");
        await CheckAsync(page, page.GetByLabel("Email"), "sign in");

        var ada = await Workspace.EnterAsync(page, "A thread with a rather long topic that fits on no line of this window");
        await CheckAsync(page, page.GetByText("Nothing said yet"), "thread");
        await page.Locator("body").PressAsync("Control+.");
        await CheckAsync(page, page.GetByRole(AriaRole.Complementary, new() { Name = "Details" }), "panel");
        await page.Locator("body").PressAsync("Control+.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the threads" }).ClickAsync();
        await CheckAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "A thread" }), "threads");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find", Exact = true }).ClickAsync();
        await CheckAsync(page, Workspace.Dialog(page, "Find anything"), "command menu");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+/");
        await CheckAsync(page, Workspace.Dialog(page, "Keys"), "sheet of keys");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).Filter(new() { Visible = true }).ClickAsync();
        await CheckAsync(page, page.GetByText(ada.Email), "people");
    }

    private static async Task CheckAsync(IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.Filter(new() { Visible = true }).First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        var cut = await page.EvaluateAsync<string[]>(CutOff);
        Assert.True(cut.Length == 0, $"{screen}: {string.Join(Environment.NewLine, cut)}");
    }
}
