using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>A thread of 100 000 messages is opened in the middle and walked through, with a bounded page (TH-5, UI-2).</summary>
[Trait("spec", "TH-5")]
public sealed partial class HistoryTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    private const int Messages = 100_000;

    // Rows on screen and a little around them, whatever was walked through.
    private const int MostRows = 150;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_messages_are_walked_through_in_order_with_few_of_them_on_the_page()
    {
        var page = await chromium.OpenAsync(server.Address);
        await page.AddInitScriptAsync("""
            window.longTasks = []
            new PerformanceObserver(list => { for (const task of list.getEntries()) window.longTasks.push(Math.round(task.duration)) }).observe({ type: 'longtask' })
            """);
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.StartThreadAsync("Archive");
        var thread = Guid.Parse(ThreadId().Match(page.Url).Groups["id"].Value);
        await FillAsync(thread);

        await page.GotoAsync($"{new Uri(page.Url).AbsolutePath}?m=50000");
        await ada.SeesAsync(page.GetByText("Message 50000", new() { Exact = true }));
        await page.EvaluateAsync("() => { window.longTasks.length = 0 }");
        var oldest = await WalkAsync(page, up: true);
        var newest = await WalkAsync(page, up: false);
        Assert.True(oldest < 49_000, $"The walk up ended at {oldest}.");
        Assert.True(newest > oldest + 1000, $"The walk down ended at {newest}.");

        var tasks = await page.EvaluateAsync<int[]>("() => window.longTasks");
        var heap = await page.EvaluateAsync<double>("() => performance.memory.usedJSHeapSize / 1048576");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{tasks.Length} tasks over 50 ms, {tasks.Count(t => t > 100)} over 100 ms, the longest {tasks.DefaultIfEmpty().Max()} ms; heap {heap:F0} MB"));
    }

    /// <summary>Scrolls as with a wheel, in steps of a screen; answers where that led.</summary>
    private static async Task<int> WalkAsync(IPage page, bool up)
    {
        await page.GetByRole(AriaRole.Region, new() { Name = "Messages", Exact = true }).HoverAsync();
        var at = (await NumbersAsync(page))[0];
        for (var step = 0; step < 120; step++)
        {
            await page.Mouse.WheelAsync(0, up ? -800 : 800);
            await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            var numbers = await NumbersAsync(page);
            Assert.InRange(numbers.Length, 1, MostRows);
            Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
            at = numbers[0];
        }
        return at;
    }

    private static async Task<int[]> NumbersAsync(IPage page) =>
        [.. (await page.Locator("[data-message] [data-body]").AllInnerTextsAsync()).Where(text => text.StartsWith("Message ", StringComparison.Ordinal))
            .Select(text => int.Parse(text.AsSpan("Message ".Length), CultureInfo.InvariantCulture))];

    private async Task FillAsync(Guid thread)
    {
        await using var command = server.Database.Login.CreateCommand("""
            with place as (
              insert into engine.channel (kind, id, version, workspace_id)
              select 3, t.id, $2, t.workspace_id from threads.thread t where t.id = $1
              on conflict (kind, id) do update set version = excluded.version
              returning workspace_id
            )
            insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
            select gen_random_uuid(), $1, p.workspace_id, n, t.created_by, 'Message ' || n, now() - (($2 - n) * interval '1 minute')
            from place p join threads.thread t on t.id = $1 cross join generate_series(1, $2) n
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = thread });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Messages });
        await command.ExecuteNonQueryAsync(Stop);
    }

    [GeneratedRegex("/t/(?<id>[0-9a-f-]{36})", RegexOptions.ExplicitCapture)]
    private static partial Regex ThreadId();
}
