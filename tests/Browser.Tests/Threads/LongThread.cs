using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>A thread of 100 000 messages on screen, and somebody who walks through it.</summary>
internal sealed partial class LongThread(IPage page)
{
    public const int Messages = 100_000;

    private const int Steps = 120;

    // Numbers are read as the page is; to lay it out for that would be work that no reader makes.
    private const string NumbersOnPage = """
        () => [...document.querySelectorAll('[data-message] [data-body]')].map(body => body.textContent)
            .filter(text => text.startsWith('Message ')).map(text => Number(text.slice('Message '.length)))
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public IPage Page { get; } = page;

    /// <summary>Opens it in the middle.</summary>
    public static async Task<LongThread> OpenAsync(IPage page, TestServer server)
    {
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        await ada.StartThreadAsync("Archive");
        await FillAsync(server, Guid.Parse(ThreadId().Match(page.Url).Groups["id"].Value));
        await page.GotoAsync($"{new Uri(page.Url).AbsolutePath}?m=50000");
        await ada.SeesAsync(page.GetByText("Message 50000", new() { Exact = true }));
        return new LongThread(page);
    }

    /// <summary>Scrolls as with a wheel, in steps of a screen; tells what is on the page after each, and answers where it led.</summary>
    public async Task<int> WalkAsync(bool up, Action<int[]>? seen = null)
    {
        await Page.GetByRole(AriaRole.Region, new() { Name = "Messages", Exact = true }).HoverAsync();
        for (var step = 0; step < Steps; step++)
        {
            await Page.Mouse.WheelAsync(0, up ? -800 : 800);
            await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            if (seen is not null)
                seen(await NumbersAsync());
        }
        return (await NumbersAsync())[0];
    }

    private Task<int[]> NumbersAsync() => Page.EvaluateAsync<int[]>(NumbersOnPage);

    private static async Task FillAsync(TestServer server, Guid thread)
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
