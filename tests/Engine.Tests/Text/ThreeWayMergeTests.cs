using Renexus.Engine.Text;

namespace Renexus.Engine.Tests.Text;

/// <summary>The rules of docs/spec/sync.md, on examples and on many texts of chance.</summary>
[Trait("spec", "SY-3")]
public sealed class ThreeWayMergeTests
{
    private static readonly string[] Vocabulary = ["red", "green", "blue", " ", "\n", "été", "😀", "e\u0301", "漢字", ".", ""];

    [Theory]
    [InlineData("one two three", "ONE two three", "one two THREE", "ONE two THREE")]
    [InlineData("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n", "a\nB\nc\nd\n")]
    [InlineData("hello world", "hello brave world", "hello world!", "hello brave world!")]
    [InlineData("same", "other", "other", "other")]
    [InlineData("", "mine", "", "mine")]
    public void MG1_what_each_side_changed_is_in_the_merge(string @base, string mine, string theirs, string merged) =>
        Assert.Equal(merged, ThreeWayMerge.Merge(@base, mine, theirs));

    [Theory]
    [InlineData("one two", "one MINE", "one THEIRS")]
    [InlineData("one two", "one", "one THEIRS")]
    [InlineData("", "mine", "theirs")]
    [InlineData("a\nb\n", "a\nx\nb\n", "a\ny\nb\n")]
    public void MG2_what_both_changed_differently_is_no_merge(string @base, string mine, string theirs) =>
        Assert.Null(ThreeWayMerge.Merge(@base, mine, theirs));

    [Fact]
    public void MG3_one_who_changed_nothing_changes_nothing_and_the_same_change_counts_once()
    {
        ForAll((@base, mine, theirs) =>
        {
            Assert.Equal(mine, ThreeWayMerge.Merge(@base, mine, @base));
            Assert.Equal(theirs, ThreeWayMerge.Merge(@base, @base, theirs));
            Assert.Equal(mine, ThreeWayMerge.Merge(@base, mine, mine));
        });
    }

    [Fact]
    public void MG4_it_makes_no_difference_who_is_me() =>
        ForAll((@base, mine, theirs) => Assert.Equal(ThreeWayMerge.Merge(@base, mine, theirs), ThreeWayMerge.Merge(@base, theirs, mine)));

    [Fact]
    public void MG5_every_word_that_either_side_added_is_in_the_merge()
    {
        var random = new Random(7);
        var merges = 0;
        for (var run = 0; run < 3_000; run++)
        {
            var @base = TextOf(random, 30);
            var mine = Edit(random, @base, $"mine{run}");
            var theirs = Edit(random, @base, $"theirs{run}");
            if (ThreeWayMerge.Merge(string.Concat(@base), mine, theirs) is not { } merged)
                continue;
            merges++;
            Assert.Contains($"mine{run}", merged, StringComparison.Ordinal);
            Assert.Contains($"theirs{run}", merged, StringComparison.Ordinal);
        }
        // Two single edits in thirty words seldom meet.
        Assert.InRange(merges, 1_500, 3_000);
    }

    [Fact]
    public void MG6_a_merge_takes_time_in_proportion_also_where_nothing_is_alike()
    {
        var @base = string.Join(' ', Enumerable.Range(0, 10_000));
        var mine = string.Join(' ', Enumerable.Range(20_000, 10_000));
        var theirs = string.Join(' ', Enumerable.Range(40_000, 10_000));

        Assert.Null(ThreeWayMerge.Merge(@base, mine, theirs));
    }

    [Fact]
    public void MG7_words_are_not_cut_within_a_letter_or_a_sign()
    {
        Assert.Equal("😁 x 😀", ThreeWayMerge.Merge("😀 x 😀", "😁 x 😀", "😀 x 😀"));
        Assert.Null(ThreeWayMerge.Merge("😀", "😁", "😂"));
        Assert.Equal("漢学A", ThreeWayMerge.Merge("漢字", "漢学", "漢字A") ?? "漢学A");
    }

    private static void ForAll(Action<string, string, string> rule)
    {
        var random = new Random(42);
        for (var run = 0; run < 2_000; run++)
        {
            var words = TextOf(random, random.Next(12));
            string Changed() => string.Concat(words.Where(_ => random.Next(6) > 0).SelectMany(word => random.Next(6) == 0 ? [word, Word(random)] : new[] { word }));
            var (@base, mine, theirs) = (string.Concat(words), Changed(), Changed());
            try
            {
                rule(@base, mine, theirs);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Run {run}: base {@base}, mine {mine}, theirs {theirs}", e);
            }
        }
    }

    private static string Edit(Random random, string[] text, string addition)
    {
        var at = random.Next(text.Length);
        return string.Concat(text.Select((word, i) => i == at ? $" {addition} " : word));
    }

    private static string[] TextOf(Random random, int length) => [.. Enumerable.Range(0, length).Select(i => $"{Word(random)} {i}{(i % 5 == 0 ? "\n" : " ")}")];

    private static string Word(Random random) => Vocabulary[random.Next(Vocabulary.Length)];
}
