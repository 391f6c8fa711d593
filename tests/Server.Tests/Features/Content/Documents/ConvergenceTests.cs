using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Peers;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;
using Renexus.Testing.Chaos;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>
/// Five people write in one document, each in CodeMirror itself (tests/Node/editors.mjs), some at this node and some at one that is killed meanwhile. <c>RENEXUS_LONG=1</c> makes
/// it 10 000 edits.
/// </summary>
[Collection(nameof(Processes))]
[Trait("spec", "CO-2")]
public sealed class ConvergenceTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(IsLong ? 500 : 120);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DC1_five_editors_come_to_one_text_over_cuts_repeats_and_killed_servers()
    {
        var (people, item) = await SetAsync("The beginning 😀 of\na text.\n");
        await using var other = new ChaosServer(server.DataDirectory, [$"Renexus:Database:ConnectionString={server.Database.ConnectionString}", "Renexus:Limits:DocumentPushesPerMinute=0"]);
        await other.StartAsync();
        await using var editors = await NodePeer.StartAsync("editors.mjs");
        await editors.AskAsync("open", new { id = item.Id, people = people.Select((person, i) => new { name = $"{(char)('A' + i)}", address = i < 2 ? server.Address : other.Address, token = person.AccessToken }) });

        var edits = IsLong ? 2_000 : 60;
        await editors.AskAsync("start", new { edits, cuts = IsLong ? 20 : 2 });
        for (var kill = 1; kill <= (IsLong ? 5 : 1); kill++)
        {
            await WaitAsync(editors, progress => progress.GetProperty("edits").GetInt32() >= edits * 5 * kill / (IsLong ? 8 : 3));
            await other.KillAsync();
            await other.StartAsync();
        }
        await WaitAsync(editors, progress => progress.GetProperty("isDone").GetBoolean());

        var text = (await TextsAsync(editors)).Distinct(StringComparer.Ordinal).Single();
        var now = await people[0].Client.GetAsync($"/api/content/{item.Id}", Stop).ReadAsync<ContentItem>();
        Assert.Equal(text, now.Body);
        // Rebuilt from the first text and every update, it is the same.
        var last = await people[0].Client.GetAsync($"/api/content/{item.Id}/revisions/{now.Version}", Stop).ReadAsync<ContentRevisionDetails>();
        Assert.Equal(text, last.Body);
        var authorship = await people[0].Client.GetAsync($"/api/content/{item.Id}/authorship", Stop).ReadAsync<ContentAuthorship>();
        Assert.Equal((text.Length, now.Document), (authorship.Spans.Sum(span => span.Length), authorship.Document));
        Assert.Equal(people.Select(person => (Guid?)person.Id).ToHashSet(), authorship.Spans.Select(span => span.AuthorId).ToHashSet());
        await editors.AskAsync("end");
    }

    [Fact]
    public async Task DC1_undoing_takes_back_ones_own_and_nothing_of_the_others()
    {
        var (people, item) = await SetAsync("");
        await using var editors = await NodePeer.StartAsync("editors.mjs");
        await editors.AskAsync("open", new { id = item.Id, people = people.Select((person, i) => new { name = $"{(char)('A' + i)}", address = server.Address, token = person.AccessToken }) });
        string[] alphabets = ["abcde", "fghij", "klmno", "pqrst", "uvwxy"];
        await editors.AskAsync("type", new { texts = alphabets });
        await WaitAsync(editors, progress => progress.GetProperty("isDone").GetBoolean());

        for (var i = 0; i < alphabets.Length; i++)
        {
            var expected = string.Concat((await TextsAsync(editors))[0].Where(sign => !alphabets[i].Contains(sign, StringComparison.Ordinal)));
            Assert.Equal((alphabets.Length - 1 - i) * 5, expected.Length);
            await editors.AskAsync("undo", new { at = i });
            await WaitAsync(editors, progress => progress.GetProperty("isDone").GetBoolean());
            Assert.All(await TextsAsync(editors), text => Assert.Equal(expected, text));
        }
        await editors.AskAsync("end");
    }

    private static async Task<string[]> TextsAsync(NodePeer editors) =>
        [.. (await editors.AskAsync("texts")).EnumerateArray().Select(text => text.GetString()!)];

    private static async Task WaitAsync(NodePeer editors, Func<JsonElement, bool> condition)
    {
        var progress = default(JsonElement);
        try
        {
            await Eventually.TrueAsync("the editors have come so far", Patience, async () =>
            {
                progress = await editors.AskAsync("progress");
                Assert.Null(progress.GetProperty("failure").GetString());
                return condition(progress);
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} {progress}", e);
        }
    }

    private async Task<(TestUser[] People, ContentItem Item)> SetAsync(string body)
    {
        var people = new TestUser[5];
        for (var i = 0; i < people.Length; i++)
            people[i] = await server.SignedInAs($"writer{i}");
        var workspace = await TestServer.CreateWorkspace(people[0]);
        foreach (var person in people[1..])
            await TestServer.AddMember(people[0], workspace, person, Roles.Editor);
        return (people, await Desk.CreateAsync(people[0], workspace, new { kind = "article", title = "Together", body }));
    }
}
