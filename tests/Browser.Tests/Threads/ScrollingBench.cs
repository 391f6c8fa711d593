using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>
/// How long the page's main thread is busy while one walks through 100 000 messages. Run by bench/scroll, not with the tests: how long
/// something takes is nothing to assert on a busy machine. What counts is the time on the processor, which others do not lengthen.
/// </summary>
public sealed class ScrollingBench(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    private const double LongestTask = 100;

    [OnRequest("RENEXUS_RESULT")]
    public async Task No_task_is_longer_than_100_ms()
    {
        var page = await chromium.OpenAsync(server.Address);
        var thread = await LongThread.OpenAsync(page, server);
        var session = await page.Context.NewCDPSessionAsync(page);
        var heapBefore = await MainThread.HeapAsync(session);
        await using var trace = await MainThread.WatchAsync(session);
        await thread.WalkAsync(up: true);
        await thread.WalkAsync(up: false);
        var tasks = await trace.EndAsync();
        var heapAfter = await MainThread.HeapAsync(session);
        var rows = await page.Locator("[data-message]").CountAsync();

        await Figures.WriteAsync([
            ("tasks of the main thread", Figures.Number(tasks.Count)),
            ("over 50 ms on the processor", Figures.Number(tasks.Count(task => task.Processor > 50))),
            ("over 100 ms on the processor", Figures.Number(tasks.Count(task => task.Processor > LongestTask))),
            ("longest on the processor", Figures.Number(tasks.Max(task => task.Processor)) + " ms"),
            ("longest on the clock", Figures.Number(tasks.Max(task => task.Clock)) + " ms"),
            ("over 100 ms on the clock", Figures.Number(tasks.Count(task => task.Clock > LongestTask))),
            ("all of them on the processor", Figures.Number(tasks.Sum(task => task.Processor)) + " ms"),
            ("heap after collecting garbage", $"{Figures.Number(heapBefore)} MB before, {Figures.Number(heapAfter)} MB after"),
            ("rows on the page", Figures.Number(rows)),
        ]);
        Assert.True(tasks.Max(task => task.Processor) <= LongestTask);
    }
}
