using System.Text;
using Microsoft.Playwright;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>
/// How long it takes until a text of 1 MB with 50 000 revisions is on screen, and how long a key takes in it. Run by bench/documents, not with the tests: how long
/// something takes is nothing to assert on a busy machine.
/// </summary>
public sealed class LongDocumentBench(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    private const int Units = 1_000_000;
    private const int Revisions = 50_000;
    private const int Keys = 200;

    /// <summary>Milliseconds between two keys of somebody who is quick.</summary>
    private const float Pause = 80;

    /// <summary>Follows a link of the page, and says after how many milliseconds the text that it leads to was there.</summary>
    private const string Follow = """
        (path) => new Promise(done => {
            const began = performance.now()
            const look = () => document.querySelector('.cm-content .cm-line')?.textContent ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look)
            document.querySelector(`a[href*="${path}"]`).click()
            look()
        })
        """;

    /// <summary>Notes of each key how long it took until the frame after it was there.</summary>
    private const string Watch = """
        () => {
            window.keyTimes = []
            addEventListener('keydown', ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => window.keyTimes.push(performance.now() - timeStamp))), true)
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [OnRequest("RENEXUS_RESULT")]
    public async Task It_opens_and_takes_keys()
    {
        var room = await Newsroom.OpenAsync(server, await chromium.OpenAsync(server.Address));
        var page = room.Ada.Page;
        var (small, large) = (await room.WriteAsync("A short text", "Nothing much."), await room.WriteAsync("A long text", TextOf(Units)));
        await FillAsync(large);
        var session = await page.Context.NewCDPSessionAsync(page);
        // What the editor itself is made of is on the device after the first text.
        await OpenAsync(room, small);
        var heapBefore = await MainThread.HeapAsync(session);

        var opening = await MainThread.WatchAsync(session);
        var opened = await OpenAsync(room, large);
        var openingTasks = await opening.EndAsync();
        await Assertions.Expect(page.Locator("[data-save-state]")).ToHaveTextAsync("Saved");
        await page.EvaluateAsync(Watch);
        var figures = new List<(string, string)>
        {
            ("from the list to the text on screen", $"{Figures.Number(opened)} ms"),
            ("longest task of the main thread meanwhile, on the processor", $"{Figures.Number(openingTasks.Max(task => task.Processor))} ms"),
        };
        foreach (var (place, keys) in new[] { ("at the beginning", "ControlOrMeta+Home"), ("at the end", "ControlOrMeta+End") })
            figures.AddRange(await TypeAsync(page, session, place, keys));
        figures.Add(("heap after collecting garbage", $"{Figures.Number(heapBefore)} MB with a short text, {Figures.Number(await MainThread.HeapAsync(session))} MB with this one, typed in"));
        await Figures.WriteAsync(figures);
        var body = (await room.ReadAsync(large)).GetProperty("body").GetString()!;
        Assert.Equal(Units + (Keys * 2), body.Length);
    }

    private static async Task<double> OpenAsync(Newsroom room, Guid item)
    {
        await room.ShowAsync();
        await room.Ada.SeesAsync(room.Ada.Page.Locator($"a[href*='{item}']"));
        return await room.Ada.Page.EvaluateAsync<double>(Follow, $"/c/{item}");
    }

    private static async Task<IEnumerable<(string, string)>> TypeAsync(IPage page, ICDPSession session, string place, string keys)
    {
        var text = page.GetByRole(AriaRole.Textbox, new() { Name = "Text", Exact = true });
        await text.FocusAsync();
        await Assertions.Expect(text).ToBeFocusedAsync();
        await page.Keyboard.PressAsync(keys);
        await page.EvaluateAsync("() => { window.keyTimes.length = 0 }");
        await using var trace = await MainThread.WatchAsync(session);
        await page.Keyboard.TypeAsync(new string('k', Keys), new() { Delay = Pause });
        var tasks = await trace.EndAsync();
        await Assertions.Expect(page.Locator("[data-save-state]")).ToHaveTextAsync("Saved");
        var times = (await page.EvaluateAsync<double[]>("() => window.keyTimes")).Order().ToArray();
        return
        [
            ($"{Keys} keys {place}: key to frame, p50", $"{Figures.Number(times[times.Length / 2])} ms"),
            ($"{Keys} keys {place}: key to frame, p99", $"{Figures.Number(times[times.Length * 99 / 100])} ms"),
            ($"{Keys} keys {place}: longest task of the main thread, on the processor", $"{Figures.Number(tasks.Max(task => task.Processor))} ms"),
            ($"{Keys} keys {place}: the main thread's processor for each", $"{Figures.Number(tasks.Sum(task => task.Processor) / Keys)} ms"),
        ];
    }

    /// <summary>A history in which somebody puts a sign to the beginning and takes it away, again and again: straight into the database, for the browser shall have the text and not the making.</summary>
    private async Task FillAsync(Guid item)
    {
        await using var command = server.Database.Login.CreateCommand("""
            with item as materialized (
              select i.*, length(i.text) as units from content.item i where i.id = $1
            ), pushed as (
              insert into content.revision (item_id, n, workspace_id, author_id, created_at, document, updates, changed)
              select i.id, n + 1, i.workspace_id, i.created_by, i.created_at, n,
                     case n % 2 when 1 then format('[{"clientID":"others","changes":[[0,"x"],%s]}]', i.units) else format('[{"clientID":"others","changes":[[1],%s]}]', i.units) end,
                     array['body']
              from item i cross join generate_series(1, $2) n
            ), kept as (
              insert into content.snapshot (item_id, document, n, workspace_id, body, authorship)
              select i.id, $2, $2 + 1, i.workspace_id, i.text, s.authorship from item i join content.snapshot s on s.item_id = i.id
            )
            update content.item set version = $2 + 1, document = $2, text_document = $2 where id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Revisions });
        await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>Headings, lists and paragraphs with emphasis, as people write them.</summary>
    private static string TextOf(int units)
    {
        var (random, text) = (new Random(1), new StringBuilder(units + 1_000));
        while (text.Length < units)
        {
            text.Append(random.Next(12) switch { 0 => "## ", 1 or 2 => "- ", 3 => "> ", _ => "" });
            for (var words = random.Next(4, 80); words > 0; words--)
                text.Append(random.Next(20) switch { 0 => "**strong**", 1 => "[a link](https://example.com)", 2 => "`code`", _ => "ordinary" }).Append(words == 1 ? "\n\n" : " ");
        }
        return text.ToString(0, units - 1) + "x";
    }
}
