using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Renexus.Engine.Text;

namespace Renexus.Server.Tests.Peers;

/// <summary>
/// Our changes against those of the editor itself, section by section (tests/Node/changes.mjs). <c>RENEXUS_LONG=1</c> takes 100 000 random vectors and
/// every pair of changes of texts of up to three units, otherwise some thousand and an even share of them.
/// </summary>
[Trait("spec", "CO-2")]
public sealed class CodeMirrorTests
{
    private const int BatchSize = 1_000;
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";

    [Fact]
    public async Task TX3_applying_composing_mapping_inverting_and_positions_are_what_the_editor_makes_of_random_changes()
    {
        await using var editor = await NodePeer.StartAsync("changes.mjs");
        for (var seed = 0; seed < (IsLong ? 100 : 3); seed++)
        {
            var vectors = await editor.AskAsync("vectors", new { seed, count = BatchSize });
            Assert.Equal(BatchSize, vectors.GetArrayLength());
            foreach (var vector in vectors.EnumerateArray())
            {
                Compare(vector);
                CompareSuccession(vector);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task TX4_every_two_changes_of_a_short_text_map_over_each_other_as_in_the_editor(int length)
    {
        await using var editor = await NodePeer.StartAsync("changes.mjs");
        var (step, from, total) = (1, 0, 1);
        while (from < total)
        {
            var answer = await editor.AskAsync("pairs", new { length, from, step, count = BatchSize });
            total = answer.GetProperty("total").GetInt32();
            foreach (var vector in answer.GetProperty("vectors").EnumerateArray())
                Compare(vector);
            from += BatchSize * step;
            // An odd step that is no divisor meets the changes in ever other pairs.
            if (!IsLong && step == 1)
                step = Math.Max(1, (total / 2_000) | 1);
        }
    }

    [Fact]
    public async Task TX8_updates_of_an_older_version_are_rebased_as_the_editor_would_and_those_that_were_accepted_are_left_out()
    {
        await using var editor = await NodePeer.StartAsync("changes.mjs");
        for (var seed = 0; seed < (IsLong ? 20 : 2); seed++)
        {
            foreach (var vector in (await editor.AskAsync("rebases", new { seed, count = BatchSize })).EnumerateArray())
            {
                var rebased = DocumentUpdate.Rebase(UpdatesOf(vector, "own"), UpdatesOf(vector, "since"), vector.GetProperty("length").GetInt32());

                Assert.Equal(UpdatesOf(vector, "rebased").Select(Told), rebased.Select(Told));
            }
        }

        static string Told(DocumentUpdate update) => $"{update.ClientId} {update.Changes}";
    }

    private static void Compare(JsonElement vector)
    {
        var (text, a, b) = (Rope.Of(vector.GetProperty("text").GetString()!), ChangeOf(vector, "a"), ChangeOf(vector, "b"));

        Assert.Equal(JsonOf(vector, "a"), a.ToString());
        Assert.Equal(vector.GetProperty("applied").GetString(), text.Apply(a).ToString());
        Assert.Equal(JsonOf(vector, "mapped"), a.MapOver(b.Shape).ToString());
        Assert.Equal(JsonOf(vector, "mappedBefore"), a.MapOver(b.Shape, isBefore: true).ToString());
        Assert.Equal(JsonOf(vector, "other"), b.MapOver(a.Shape, isBefore: true).ToString());
        Assert.Equal(vector.GetProperty("merged").GetString(), text.Apply(b).Apply(a.MapOver(b.Shape)).ToString());
        Assert.Equal(vector.GetProperty("merged").GetString(), text.Apply(a).Apply(b.MapOver(a.Shape, isBefore: true)).ToString());
        var positions = vector.GetProperty("positions").EnumerateArray().Select(position => position.GetInt32()).ToArray();
        for (var at = 0; at * 2 < positions.Length; at++)
        {
            Assert.Equal(positions[at * 2], a.Shape.MapPosition(at, Side.Before));
            Assert.Equal(positions[(at * 2) + 1], a.Shape.MapPosition(at, Side.After));
        }
    }

    private static void CompareSuccession(JsonElement vector)
    {
        var (text, a, next) = (Rope.Of(vector.GetProperty("text").GetString()!), ChangeOf(vector, "a"), ChangeOf(vector, "next"));

        Assert.Equal(JsonOf(vector, "composed"), a.Compose(next).ToString());
        Assert.Equal(text.Apply(a).Apply(next).ToString(), text.Apply(a.Compose(next)).ToString());
        Assert.Equal(JsonOf(vector, "inverted"), a.Invert(text).ToString());
    }

    private static DocumentUpdate[] UpdatesOf(JsonElement vector, string name) =>
        [.. vector.GetProperty(name).EnumerateArray().Select(update => new DocumentUpdate(update.GetProperty("clientID").GetString()!, ChangeOf(update, "changes")))];

    private static ChangeSet ChangeOf(JsonElement vector, string name) => ChangeSetJson.Read(Encoding.UTF8.GetBytes(vector.GetProperty(name).GetRawText()));

    /// <summary>As we write it: the same array, whichever characters the other side escapes.</summary>
    private static string JsonOf(JsonElement vector, string name) => JsonSerializer.Serialize(vector.GetProperty(name), Relaxed);
}
