using Microsoft.Playwright;
using Renexus.Browser.Tests.Content;
using Renexus.Browser.Tests.Shell;
using Renexus.Browser.Tests.Threads;

namespace Renexus.Browser.Tests;

/// <summary>The shell, threads and content, each in every state: axe in light and dark, wide and narrow, and nothing cut off at 400 %.</summary>
[Trait("spec", "UI-3")]
public sealed class AccessibilityTests(Chromium chromium, ServerBehindNetwork server) : IClassFixture<ServerBehindNetwork>
{
    private EveryPart Parts => new(OpenAsync, Look.CheckEveryAsync);

    private EveryThreadState Threads => new(server, OpenAsync, Look.CheckEveryAsync);

    private EveryContentState Content => new(server, OpenAsync, Look.CheckEveryAsync);

    [Fact]
    public Task Nothing_is_wrong_with_any_component() => Parts.ComponentsAsync();

    [Fact]
    public Task Nothing_is_wrong_with_the_shell() => Parts.ShellAsync();

    [Fact]
    public Task Nothing_is_wrong_with_a_thread_from_its_first_day_on() => Threads.FirstDayAsync();

    [Fact]
    public Task Nothing_is_wrong_with_a_thread_in_trouble() => Threads.TroubleAsync();

    [Fact]
    public Task Nothing_is_wrong_with_all_the_content_of_a_workspace() => Content.AllOfItAsync();

    [Fact]
    public Task Nothing_is_wrong_with_one_content_item() => Content.OneAsync();

    private Task<IPage> OpenAsync()
    {
        // Another test may have ended without.
        server.Mend();
        return chromium.OpenAsync(server.PublicAddress);
    }
}
