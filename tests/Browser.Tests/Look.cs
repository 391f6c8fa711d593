using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>How a page is looked at: with the light or the dark theme, in a window of some size.</summary>
internal sealed partial record Look(ColorScheme Theme, int Width, int Height)
{
    public static readonly Look Desk = new(ColorScheme.Light, 1440, 900);

    public static readonly Look Phone = new(ColorScheme.Light, 360, 780);

    /// <summary>A window of 1280 × 1024 at 400 % has 320 × 256 of its own pixels.</summary>
    public static readonly Look Zoomed = new(ColorScheme.Light, 320, 256);

    /// <summary>Where pictures for people go, when tools/screenshots asks for some.</summary>
    public static readonly string? Pictures = Environment.GetEnvironmentVariable("RENEXUS_SCREENSHOTS");

    private static readonly bool TakesItsTime = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";

    public Look InTheDark => this with { Theme = ColorScheme.Dark };

    public override string ToString() => $"{Theme}, {Width} × {Height}";

    /// <summary>Has the page look so, at rest.</summary>
    public async Task TakeAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = Theme });
        if (page.ViewportSize is not { } size || size.Width != Width || size.Height != Height)
            await page.SetViewportSizeAsync(Width, Height);
        await AtRestAsync(page);
    }

    /// <summary>
    /// Colours and places on their way from one state to the next belong to neither; what pulsates for ever is not waited for. A page
    /// has been seen never to come to rest, for a reason not found, so the wait has an end.
    /// </summary>
    public static Task AtRestAsync(IPage page) => page.EvaluateAsync("""
        () => {
            const rest = async () => {
                const frame = () => new Promise(requestAnimationFrame)
                await frame()
                await frame()
                await Promise.all(document.getAnimations()
                    .filter(animation => animation.effect.getComputedTiming().iterations !== Infinity)
                    .map(animation => animation.finished.catch(() => {})))
            }
            return Promise.race([rest(), new Promise(done => setTimeout(done, 3000))])
        }
        """);

    /// <summary>
    /// Waits for a screen and finds nothing wrong with it: light on a desk, dark on a phone, and at 400 %; the other way round too when asked to take its
    /// time. One visit is enough, because the page follows the window and the system's theme by itself.
    /// </summary>
    public static async Task CheckEveryAsync(IPage page, ILocator shown, string screen)
    {
        await Assertions.Expect(shown.Filter(new() { Visible = true }).First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        if (Pictures is not null)
            await PictureAsync(page, "checked", screen);
        foreach (var look in new[] { Desk, Phone.InTheDark })
        {
            await look.TakeAsync(page);
            await Axe.CheckAsync(page, $"{screen} ({look})");
        }
        if (TakesItsTime)
        {
            foreach (var look in new[] { Desk.InTheDark, Phone })
            {
                await look.TakeAsync(page);
                await Axe.CheckAsync(page, $"{screen} ({look})", Axe.Colours);
            }
        }
        await Zoomed.TakeAsync(page);
        await Zoom.CheckAsync(page, screen);
        await Desk.TakeAsync(page);
    }

    /// <summary>Takes a picture of the page in each look.</summary>
    public static async Task PictureAsync(IPage page, string area, string screen)
    {
        foreach (var look in new[] { Desk, Phone, Phone.InTheDark, Desk.InTheDark })
        {
            await look.TakeAsync(page);
            var name = string.Create(CultureInfo.InvariantCulture, $"{Other().Replace(screen, "-").Trim('-')}-{look.Width}-{look.Theme}.png").ToLowerInvariant();
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures!, area, name) });
        }
        await Desk.TakeAsync(page);
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Other();
}
