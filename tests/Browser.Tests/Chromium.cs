using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit.Sdk;

namespace Renexus.Browser.Tests;

/// <summary>
/// The browser of this machine, started once for all tests. Where there is none the tests are skipped and say so; on the build server,
/// where there must be one, they fail.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    // Without a window the same engine takes less than half of the processor's time.
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge"];

    // Milliseconds, against waiting for ever: the machine may be busy with other tests.
    private const int Patience = 60_000;

    private readonly ConcurrentDictionary<string, ConcurrentBag<IBrowserContext>> windows = new(StringComparer.Ordinal);
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (FindOnPath() is not { } executable)
            return;
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            // No sandbox, because build servers run as root; no calls of its own, because tests must not depend on the internet.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A window of a person of its own: own cookies, own storage. It is closed when the test is over.</summary>
    /// <param name="needsClient">Whether the test is about the web client's screens, which a build may leave out.</param>
    /// <param name="worker">Whether the app may keep itself on the device: then not everything a page asks for goes over the network.</param>
    public async Task<IPage> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1440, int height = 900, bool needsClient = true, bool worker = false)
    {
        SkipUnless(browser is not null, $"No browser was found on the PATH ({string.Join(", ", Names)}).");
        SkipUnless(
            !needsClient || File.Exists(Path.Combine(AppContext.BaseDirectory, "client", "index.html")),
            "The web client was not built: build without -p:SkipClient=true.");
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            Locale = "en-GB",
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ServiceWorkers = worker ? ServiceWorkerPolicy.Allow : ServiceWorkerPolicy.Block,
        });
        context.SetDefaultTimeout(Patience);
        windows.GetOrAdd(TestContext.Current.Test!.UniqueID, _ => []).Add(context);
        await context.AddInitScriptAsync(PagePolicy.Watch);
        return await context.NewPageAsync();
    }

    /// <summary>Closes the windows of a test.</summary>
    public async Task CloseAsync(ITest test)
    {
        if (!windows.TryRemove(test.UniqueID, out var opened))
            return;
        foreach (var context in opened)
            await context.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    private static void SkipUnless(bool condition, string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is "true" or "1")
            Assert.True(condition, reason);
        else
            Assert.SkipUnless(condition, reason);
    }

    private static string? FindOnPath()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var extension = OperatingSystem.IsWindows() ? ".exe" : "";
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name + extension))).FirstOrDefault(File.Exists);
    }
}
