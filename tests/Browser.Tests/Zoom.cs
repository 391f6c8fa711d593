using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Whether everything can still be read where there is little room.</summary>
internal static class Zoom
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

    /// <summary>Finds nothing cut off on the page as it is.</summary>
    public static async Task CheckAsync(IPage page, string screen)
    {
        var cut = await page.EvaluateAsync<string[]>(CutOff);
        Assert.True(cut.Length == 0, $"{screen} at 400 %: {string.Join(Environment.NewLine, cut)}");
    }
}
