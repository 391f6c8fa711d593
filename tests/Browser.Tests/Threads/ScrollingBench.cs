using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
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
        var heapBefore = await thread.HeapAsync(session);
        await using var trace = await Trace.StartAsync(session);
        await thread.WalkAsync(up: true);
        await thread.WalkAsync(up: false);
        var tasks = await trace.EndAsync();
        var heapAfter = await thread.HeapAsync(session);
        var rows = await page.Locator("[data-message]").CountAsync();

        await WriteAsync([
            ("tasks of the main thread", Number(tasks.Count)),
            ("over 50 ms on the processor", Number(tasks.Count(task => task.Processor > 50))),
            ("over 100 ms on the processor", Number(tasks.Count(task => task.Processor > LongestTask))),
            ("longest on the processor", Number(tasks.Max(task => task.Processor)) + " ms"),
            ("longest on the clock", Number(tasks.Max(task => task.Clock)) + " ms"),
            ("over 100 ms on the clock", Number(tasks.Count(task => task.Clock > LongestTask))),
            ("all of them on the processor", Number(tasks.Sum(task => task.Processor)) + " ms"),
            ("heap after collecting garbage", $"{Number(heapBefore)} MB before, {Number(heapAfter)} MB after"),
            ("rows on the page", Number(rows)),
        ]);
        Assert.True(tasks.Max(task => task.Processor) <= LongestTask);
    }

    private static async Task WriteAsync(IEnumerable<(string What, string Figure)> figures)
    {
        string[] lines = ["| | |", "|---|---|", .. figures.Select(figure => $"| {figure.What} | {figure.Figure} |")];
        await File.AppendAllLinesAsync(Environment.GetEnvironmentVariable("RENEXUS_RESULT")!, lines, TestContext.Current.CancellationToken);
    }

    private static string Number(double value) => value.ToString("#,0.#", CultureInfo.InvariantCulture);

    /// <param name="Processor">Milliseconds of the thread itself.</param>
    /// <param name="Clock">Milliseconds that passed, also while others had the processor.</param>
    private readonly record struct MainTask(double Processor, double Clock);

    /// <summary>A trace of the browser, kept to the tasks of the page's main thread.</summary>
    private sealed class Trace(ICDPSession session) : IAsyncDisposable
    {
        private readonly List<JsonElement> events = [];
        private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool hasEnded;

        public static async Task<Trace> StartAsync(ICDPSession session)
        {
            var trace = new Trace(session);
            session.Event("Tracing.dataCollected").OnEvent += (_, data) => trace.events.AddRange(data!.Value.GetProperty("value").EnumerateArray());
            session.Event("Tracing.tracingComplete").OnEvent += (_, _) => trace.complete.TrySetResult();
            await session.SendAsync("Tracing.start", new() { ["categories"] = "toplevel", ["transferMode"] = "ReportEvents" });
            return trace;
        }

        public async Task<IReadOnlyList<MainTask>> EndAsync()
        {
            hasEnded = true;
            await session.SendAsync("Tracing.end");
            await complete.Task.WaitAsync(TimeSpan.FromMinutes(1));
            var threads = events.Where(one => Is(one, "thread_name") && one.GetProperty("args").GetProperty("name").GetString() == "CrRendererMain").Select(Thread).ToHashSet();
            // Other pages rest: the busiest of the main threads is the one that scrolled.
            return events.Where(one => Is(one, "ThreadControllerImpl::RunTask") && one.TryGetProperty("tdur", out _) && threads.Contains(Thread(one)))
                .GroupBy(Thread, one => new MainTask(one.GetProperty("tdur").GetDouble() / 1000, one.GetProperty("dur").GetDouble() / 1000))
                .MaxBy(tasks => tasks.Sum(task => task.Processor))!
                .ToList();

            static bool Is(JsonElement one, string name) => one.GetProperty("name").GetString() == name;
            static (int, int) Thread(JsonElement one) => (one.GetProperty("pid").GetInt32(), one.GetProperty("tid").GetInt32());
        }

        public async ValueTask DisposeAsync()
        {
            if (!hasEnded)
                await session.SendAsync("Tracing.end");
        }
    }
}
