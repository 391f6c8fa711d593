using System.Text.Json;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <param name="Processor">Milliseconds of the thread itself.</param>
/// <param name="Clock">Milliseconds that passed, also while others had the processor.</param>
internal readonly record struct MainTask(double Processor, double Clock);

/// <summary>A trace of the browser, kept to the tasks of the page's main thread.</summary>
internal sealed class MainThread : IAsyncDisposable
{
    private readonly ICDPSession session;
    private readonly List<JsonElement> events = [];
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool hasEnded;

    private MainThread(ICDPSession session) => this.session = session;

    public static async Task<MainThread> WatchAsync(ICDPSession session)
    {
        var trace = new MainThread(session);
        session.Event("Tracing.dataCollected").OnEvent += (_, data) => trace.events.AddRange(data!.Value.GetProperty("value").EnumerateArray());
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => trace.complete.TrySetResult();
        await session.SendAsync("Tracing.start", new() { ["categories"] = "toplevel", ["transferMode"] = "ReportEvents" });
        return trace;
    }

    /// <summary>What scripts hold when nothing is left to throw away, in MB.</summary>
    public static async Task<double> HeapAsync(ICDPSession session)
    {
        await session.SendAsync("HeapProfiler.collectGarbage");
        var usage = await session.SendAsync("Runtime.getHeapUsage");
        return usage!.Value.GetProperty("usedSize").GetDouble() / 1024 / 1024;
    }

    public async Task<IReadOnlyList<MainTask>> EndAsync()
    {
        hasEnded = true;
        await session.SendAsync("Tracing.end");
        await complete.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var threads = events.Where(one => Is(one, "thread_name") && one.GetProperty("args").GetProperty("name").GetString() == "CrRendererMain").Select(Thread).ToHashSet();
        // Other pages rest: the busiest of the main threads is the one that is watched.
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
