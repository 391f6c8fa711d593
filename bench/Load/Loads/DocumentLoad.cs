using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Renexus.Load.Contestants;
using Renexus.Load.Measuring;
using Renexus.Load.Target;

namespace Renexus.Load.Loads;

/// <param name="Units">Length of the text.</param>
/// <param name="Revisions">Pushes before anything is measured.</param>
/// <param name="KeysPerSecond">Of a person who types.</param>
internal sealed record DocumentPlan(int Units, int Revisions, int Writers, double KeysPerSecond, TimeSpan Duration);

/// <summary>
/// A large text with a long history, and people who write in it: made over the public API, written in by one and by several, read in every way that a screen reads it, and then all
/// of that on a server that has just started.
/// </summary>
internal sealed class DocumentLoad(DocumentPlan plan)
{
    /// <summary>Editors of each person while the history is made, so that it is made soon; each has one push under way.</summary>
    private const int Editors = 8;

    /// <summary>What each push of the history puts somewhere.</summary>
    private const string Word = "typed";

    private const int Times = 20;

    public async Task<Report> RunAsync(RenexusServer launch, CancellationToken cancellationToken)
    {
        var report = new Report($"A text of {plan.Units:N0} units with {plan.Revisions:N0} revisions");
        var temporary = launch.Data is null ? Directory.CreateTempSubdirectory("renexus-load-") : null;
        try
        {
            var kept = launch with { Data = launch.Data ?? temporary };
            Population people;
            (Guid Large, Guid Small) items;
            await using (var server = await kept.StartAsync(cancellationToken))
            {
                people = await RenexusServer.PopulateAsync(server.Address, plan.Writers, 0, cancellationToken);
                using var http = HttpOf(server, people);
                items = (await CreateAsync(http, people.Workspace, plan.Units, cancellationToken), await CreateAsync(http, people.Workspace, 1_000, cancellationToken));
                await WriteAsync(report, server, http, people, items.Large, kept.Data!, cancellationToken);
                Console.WriteLine("== They read.");
                await OpenAsync(report, http, people, items.Large, "open", Times, cancellationToken);
                await ReadAsync(report, http, items.Large, cancellationToken);
                // For a server whose code is warm, and only the document is not.
                await PushAsync(http, people, items.Small, cancellationToken);
            }

            await using (var server = await kept.StartAsync(cancellationToken))
            {
                Console.WriteLine("== After a start.");
                using var http = HttpOf(server, people);
                await OpenAsync(new Report(""), http, people, items.Small, "", 3, cancellationToken);
                await PushAsync(http, people, items.Small, cancellationToken);
                var before = server.ResidentBytes();
                await OpenAsync(report, http, people, items.Large, "first open after a start", 1, cancellationToken);
                report.Add("first push after a start", await PushAsync(http, people, items.Large, cancellationToken), "ms");
                report.Add("memory that both took", (server.ResidentBytes() - before) / 1e6, "MB");
            }
            return report;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private async Task WriteAsync(
        Report report, TargetServer server, HttpClient http, Population people, Guid item, DirectoryInfo data, CancellationToken cancellationToken)
    {
        var (memory, disk) = (server.ResidentBytes(), DiskBytes(data));
        var editors = new List<DocumentEditor>();
        try
        {
            for (var i = 0; i < plan.Writers; i++)
                editors.Add(await DocumentEditor.OpenAsync(http, people.Logins[i].Token, item, seed: i, cancellationToken));

            var (cpu, started) = (server.Watch(), Stopwatch.GetTimestamp());
            await Task.WhenAll(editors.Select(editor => editor.PushManyAsync(Word, plan.Revisions / editors.Count, Editors)));
            Console.WriteLine($"== The history is made, in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s.");
            report.AddMain($"pushes, each somewhere else, of {Editors * editors.Count} editors at once", plan.Revisions / Stopwatch.GetElapsedTime(started).TotalSeconds, "/s");
            report.Add(cpu.Read(), plan.Revisions, "push");
            report.Add("memory that this took", (server.ResidentBytes() - memory) / 1e6, "MB");
            report.Add("on the disk, in all", (DiskBytes(data) - disk) / 1e6, "MB");

            await server.SettleAsync(cancellationToken);
            Console.WriteLine("== People write.");
            await TypeAsync(report, editors[..1], "one person types", cancellationToken);
            await TypeAsync(report, editors, $"{editors.Count} people type", cancellationToken);
            await HurryAsync(report, editors[..1], "one after the other, one writer", cancellationToken);
            await HurryAsync(report, editors, $"one after the other, {editors.Count} writers", cancellationToken);
            await ComeBackAsync(report, editors, cancellationToken);
            report.Add("memory of the server in all", server.ResidentBytes() / 1e6, "MB");
        }
        finally
        {
            foreach (var editor in editors)
                await editor.DisposeAsync();
        }
    }

    /// <summary>At a person's speed.</summary>
    private async Task TypeAsync(Report report, List<DocumentEditor> editors, string name, CancellationToken cancellationToken)
    {
        var (acknowledged, heard) = (new Latencies(), new Latencies());
        var typed = new ConcurrentDictionary<string, ConcurrentQueue<long>>(StringComparer.Ordinal);
        // One of them tells when what the others typed is there.
        editors[^1].Heard = (editor, at) =>
        {
            if (typed.TryGetValue(editor, out var keys) && keys.TryDequeue(out var pressed))
                heard.Add(pressed, at);
        };
        await Task.WhenAll(editors.Select(editor => editor.TypeAsync(plan.KeysPerSecond, plan.Duration, acknowledged, typed, cancellationToken)));
        editors[^1].Heard = null;
        report.Add($"{name}, {plan.KeysPerSecond:N0} keys/s each: key to acknowledgement", acknowledged);
        if (editors.Count > 1)
            report.Add($"{name}: key to another's editor", heard);
    }

    /// <summary>As fast as answers come.</summary>
    private async Task HurryAsync(Report report, List<DocumentEditor> editors, string name, CancellationToken cancellationToken)
    {
        var (latencies, started) = (new Latencies(), Stopwatch.GetTimestamp());
        await Task.WhenAll(editors.Select(async editor =>
        {
            while (Stopwatch.GetElapsedTime(started) < plan.Duration)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var sent = Stopwatch.GetTimestamp();
                var at = await editor.PushAsync(Word);
                lock (latencies)
                    latencies.Add(sent, at);
            }
        }));
        report.Add(name, latencies.Count / Stopwatch.GetElapsedTime(started).TotalSeconds, "pushes/s");
        report.Add(name, latencies);
    }

    /// <summary>Somebody who was away for so long that the steps since are not in memory any more.</summary>
    private async Task ComeBackAsync(Report report, List<DocumentEditor> editors, CancellationToken cancellationToken)
    {
        // Exactly so many pushes of one text each, so that where it stood is known.
        var behind = Math.Min(9_000, plan.Revisions);
        await editors[0].PushManyAsync(Word, behind, Editors);
        cancellationToken.ThrowIfCancellationRequested();
        var sent = Stopwatch.GetTimestamp();
        report.Add($"a push from {behind:N0} versions ago", Stopwatch.GetElapsedTime(sent, await editors[0].PushLateAsync(Word, behind, behind * Word.Length)).TotalMilliseconds, "ms");
    }

    private static async Task OpenAsync(
        Report report, HttpClient http, Population people, Guid item, string name, int times, CancellationToken cancellationToken)
    {
        var (requests, channels, bytes) = (new Latencies(), new Latencies(), 0L);
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            bytes = (await http.GetByteArrayAsync(new Uri($"/api/content/{item}", UriKind.Relative), cancellationToken)).Length;
            requests.Add(started, Stopwatch.GetTimestamp());
            started = Stopwatch.GetTimestamp();
            await DocumentEditor.ReadStateAsync(http.BaseAddress!, people.Logins[0].Token, item, cancellationToken);
            channels.Add(started, Stopwatch.GetTimestamp());
        }
        report.Add($"{name}: request, p50 of {times}, {bytes / 1e6:N2} MB", requests.Percentile(0.5).TotalMilliseconds, "ms");
        report.Add($"{name}: socket, hello and state over the channel, p50 of {times}", channels.Percentile(0.5).TotalMilliseconds, "ms");
    }

    /// <summary>What the panels beside a text ask for, and what changes all of it.</summary>
    private async Task ReadAsync(Report report, HttpClient http, Guid item, CancellationToken cancellationToken)
    {
        var middle = plan.Revisions / 2;
        foreach (var (name, path) in new[]
        {
            ("who wrote what", "authorship"), ("newest revisions", "revisions?limit=50"), ("history by sitting", "revisions?by=sitting"),
            ("the text at a revision in the middle", $"revisions/{middle}"),
        })
        {
            var (latencies, bytes) = (new Latencies(), 0);
            for (var i = 0; i < Times / 4; i++)
            {
                var started = Stopwatch.GetTimestamp();
                bytes = (await http.GetByteArrayAsync(new Uri($"/api/content/{item}/{path}", UriKind.Relative), cancellationToken)).Length;
                latencies.Add(started, Stopwatch.GetTimestamp());
            }
            report.Add($"{name}, {bytes / 1e6:N2} MB", latencies.Percentile(0.5).TotalMilliseconds, "ms");
        }

        var text = JsonElement.Parse(await http.GetByteArrayAsync(new Uri($"/api/content/{item}", UriKind.Relative), cancellationToken)).GetProperty("body").GetString()!;
        var began = Stopwatch.GetTimestamp();
        using (var changed = await http.PatchAsJsonAsync(new Uri($"/api/content/{item}", UriKind.Relative), new { body = text.Insert(text.Length / 2, "changed\n") }, cancellationToken))
            changed.EnsureSuccessStatusCode();
        report.Add("setting the whole text, one line of it new", Stopwatch.GetElapsedTime(began).TotalMilliseconds, "ms");
        began = Stopwatch.GetTimestamp();
        using (var restored = await http.PostAsync(new Uri($"/api/content/{item}/revisions/{middle}/restore", UriKind.Relative), null, cancellationToken))
            restored.EnsureSuccessStatusCode();
        report.Add("going back to the revision in the middle", Stopwatch.GetElapsedTime(began).TotalMilliseconds, "ms");
    }

    /// <returns>Milliseconds to the acknowledgement of one push.</returns>
    private static async Task<double> PushAsync(HttpClient http, Population people, Guid item, CancellationToken cancellationToken)
    {
        await using var editor = await DocumentEditor.OpenAsync(http, people.Logins[0].Token, item, seed: 1, cancellationToken);
        var sent = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(sent, await editor.PushAsync(Word)).TotalMilliseconds;
    }

    private static async Task<Guid> CreateAsync(HttpClient http, Guid workspace, int units, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri($"/api/workspaces/{workspace}/content", UriKind.Relative), new { kind = "article", title = "Long", body = TextOf(units) }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetGuid();
    }

    /// <summary>Paragraphs, headings and lists as people write them.</summary>
    private static string TextOf(int units)
    {
        var (random, text) = (new Random(1), new StringBuilder(units + 200));
        while (text.Length < units)
        {
            text.Append(random.Next(12) switch { 0 => "## ", 1 or 2 => "- ", _ => "" });
            for (var words = random.Next(4, 60); words > 0; words--)
                text.Append("lorem ipsum dolor sit amet consectetur".Split(' ')[random.Next(6)]).Append(words == 1 ? "\n\n" : " ");
        }
        return text.ToString(0, units);
    }

    private static HttpClient HttpOf(TargetServer server, Population people) => new()
    {
        BaseAddress = server.Address,
        Timeout = TimeSpan.FromMinutes(5),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", people.Logins[0].Token) },
    };

    /// <summary>What PostgreSQL has in its tables and indexes; its log is another matter.</summary>
    private static long DiskBytes(DirectoryInfo data) =>
        data.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.FullName.Contains("/base/", StringComparison.Ordinal)).Sum(file => file.Exists ? file.Length : 0);
}
