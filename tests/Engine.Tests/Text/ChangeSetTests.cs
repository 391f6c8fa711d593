using System.Text;
using Renexus.Engine.Text;

namespace Renexus.Engine.Tests.Text;

/// <summary>The rules of docs/spec/documents.md on texts of chance; <c>CodeMirrorTests</c> holds the same against the editor itself.</summary>
[Trait("spec", "CO-2")]
public sealed class ChangeSetTests
{
    [Theory]
    [InlineData("{}", "is an array")]
    [InlineData("[1.5]", "no whole number")]
    [InlineData("[-1]", "no whole number")]
    [InlineData("[[-1]]", "no whole number")]
    [InlineData("[99999999999]", "no whole number")]
    [InlineData("[2000000000,2000000000]", "do not add up")]
    [InlineData("[\"a\"]", "neither a length")]
    [InlineData("[null]", "neither a length")]
    [InlineData("[[]]", "neither a length")]
    [InlineData("[[\"a\"]]", "neither a length")]
    [InlineData("[[1,2]]", "no string")]
    [InlineData("[[1,null]]", "no string")]
    [InlineData("[[1,[\"a\"]]]", "no string")]
    [InlineData("[0]", "no whole number of at least 1")]
    [InlineData("[[0]]", "does nothing")]
    [InlineData("[[0,\"\"]]", "does nothing")]
    [InlineData("[[0,\"a\\nb\"]]", "line break")]
    [InlineData("[[0,\"a\\rb\"]]", "line break")]
    [InlineData("[[0,\"a\\u0000b\"]]", "U+0000")]
    [InlineData("[[0,\"\\ud83d\"]]", "surrogate")]
    [InlineData("[[0,\"\\ude00\"]]", "surrogate")]
    public void TX1_what_is_no_change_is_refused_with_the_reason(string json, string reason)
    {
        var refusal = Assert.Throws<BadChangeException>(() => ChangeSetJson.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TX1_a_change_has_a_bounded_number_of_parts()
    {
        string Parts(int count) => $"[{string.Join(',', Enumerable.Repeat("[1,\"a\"]", count))}]";

        Assert.Equal(ChangeSetJson.MostParts, ChangeSetJson.Read(Encoding.UTF8.GetBytes(Parts(ChangeSetJson.MostParts))).Length);
        Assert.Throws<BadChangeException>(() => ChangeSetJson.Read(Encoding.UTF8.GetBytes(Parts(ChangeSetJson.MostParts + 1))));
    }

    [Theory]
    [InlineData("[]", "", "")]
    [InlineData("[3]", "abc", "abc")]
    [InlineData("[[0,\"a\"]]", "", "a")]
    [InlineData("[1,[1],1]", "abc", "ac")]
    [InlineData("[1,[0,\"\",\"\"],2]", "abc", "a\nbc")]
    [InlineData("[1,[1,\"é\",\"\\uD83D\\uDE00\"],1]", "abc", "aé\n😀c")]
    [InlineData("[[3,\"\"]]", "abc", "", "[[3]]")]
    public void TX1_what_is_a_change_is_read_and_written_and_applied(string json, string before, string after, string? written = null)
    {
        var change = ChangeSetJson.Read(Encoding.UTF8.GetBytes(json));

        Assert.Equal(written ?? json, change.ToString());
        Assert.Equal(after, Rope.Of(before).Apply(change).ToString());
        Assert.Equal((before.Length, after.Length), (change.Length, change.NewLength));
    }

    [Theory]
    [InlineData("[1,[1]]", true)]
    [InlineData("[[1],1]", true)]
    [InlineData("[1,[0,\"x\"],1]", true)]
    [InlineData("[1,1]", false)]
    [InlineData("[[2]]", false)]
    [InlineData("[[2,\"😁\"]]", false)]
    [InlineData("[2,[0,\"x\"]]", false)]
    public void TX2_a_change_that_cuts_a_pair_of_surrogates_is_told_apart(string json, bool cuts) =>
        Assert.Equal(cuts, ChangeSetJson.Read(Encoding.UTF8.GetBytes(json)).CutsPair(Rope.Of("😀")));

    [Fact]
    public void TX3_composing_is_applying_one_after_the_other_and_makes_no_difference_how_it_is_bracketed() => ForAll(random =>
    {
        var text = RandomTexts.Text(random, 12);
        var a = RandomTexts.Change(random, text);
        var b = RandomTexts.Change(random, Apply(a, text));
        var c = RandomTexts.Change(random, Apply(b, Apply(a, text)));

        Assert.Equal(Apply(c, Apply(b, Apply(a, text))), Apply(a.Compose(b).Compose(c), text));
        Assert.Equal(Apply(a.Compose(b).Compose(c), text), Apply(a.Compose(b.Compose(c)), text));
    });

    [Fact]
    public void TX4_two_changes_of_one_text_lead_to_one_text_whichever_comes_first() => ForAll(random =>
    {
        var text = RandomTexts.Text(random, 12);
        var (a, b) = (RandomTexts.Change(random, text), RandomTexts.Change(random, text));

        var oneWay = Apply(b.MapOver(a.Shape), Apply(a, text));
        Assert.Equal(oneWay, Apply(a.MapOver(b.Shape, isBefore: true), Apply(b, text)));
        Assert.Equal(b.MapOver(a.Shape).Shape.NewLength, b.Shape.MapOver(a.Shape).NewLength);
    });

    [Fact]
    public void TX4_changes_of_texts_of_different_lengths_do_not_combine()
    {
        var (one, two) = (ChangeSet.Replace(1, 0, 1, "x"), ChangeSet.Replace(2, 0, 1, "yy"));

        Assert.Throws<ArgumentException>(() => one.MapOver(two.Shape));
        Assert.Throws<ArgumentException>(() => two.Compose(one));
        Assert.Throws<ArgumentException>(() => Rope.Of("abc").Apply(one));
    }

    [Fact]
    public void TX5_the_inverse_takes_a_change_back() => ForAll(random =>
    {
        var text = RandomTexts.Text(random, 12);
        var change = RandomTexts.Change(random, text);
        var inverse = change.Invert(Rope.Of(text));

        Assert.Equal(text, Apply(inverse, Apply(change, text)));
        Assert.Equal(change.ToString(), inverse.Invert(Rope.Of(Apply(change, text))).ToString());
    });

    [Fact]
    public void TX6_a_position_keeps_to_its_side_of_what_is_put_in()
    {
        var change = ChangeSetJson.Read("[2,[0,\"xx\"],1,[2,\"y\"],1]"u8);

        Assert.Equal([0, 1, 2, 5, 5, 6, 7], Enumerable.Range(0, 7).Select(at => change.Shape.MapPosition(at, Side.Before)));
        Assert.Equal([0, 1, 4, 5, 6, 6, 7], Enumerable.Range(0, 7).Select(at => change.Shape.MapPosition(at, Side.After)));
        Assert.Throws<ArgumentOutOfRangeException>(() => change.Shape.MapPosition(7, Side.After));
    }

    [Fact]
    public void TX8_an_update_of_a_text_of_another_length_is_refused()
    {
        DocumentUpdate Update(string client, int length) => new(client, ChangeSet.Replace(length, 0, 0, "x"));

        Assert.Throws<BadChangeException>(() => DocumentUpdate.Rebase([Update("me", 4)], [], 5));
        Assert.Throws<BadChangeException>(() => DocumentUpdate.Rebase([Update("me", 4)], [Update("other", 5)], 6));
        Assert.Throws<BadChangeException>(() => DocumentUpdate.Rebase([Update("me", 5), Update("me", 5)], [], 5));
        Assert.Throws<BadChangeException>(() => DocumentUpdate.Rebase([Update("me", 4), Update("me", 5)], [Update("other", 5), Update("me", 6)], 7));
    }

    [Fact]
    public void TX9_the_difference_of_two_texts_makes_one_of_the_other_and_cuts_no_character() => ForAll(random =>
    {
        var from = RandomTexts.Text(random, 30);
        var to = random.Next(3) == 0 ? RandomTexts.Text(random, 30) : Apply(RandomTexts.Change(random, from), from);
        var change = ChangeSet.Between(from, to);

        Assert.Equal(to, Apply(change, from));
        Assert.False(change.CutsPair(Rope.Of(from)));
        Assert.False(change.Invert(Rope.Of(from)).CutsPair(Rope.Of(to)));
        Assert.Equal(change.ToString(), ChangeSetJson.Read(Encoding.UTF8.GetBytes(change.ToString())).ToString());
    });

    [Theory]
    [InlineData("a\nb\nc\n", "a\nB\nc\nd\n", "[2,[1,\"B\"],2,[0,\"\",\"d\"],1]")]
    [InlineData("one two three four", "one 2 three 4", "[4,[3,\"2\"],7,[4,\"4\"]]")]
    [InlineData("same", "same", "[4]")]
    [InlineData("", "new", "[[0,\"new\"]]")]
    [InlineData("old", "", "[[3]]")]
    [InlineData("😀", "😁", "[[2,\"\\uD83D\\uDE01\"]]")]
    [InlineData("aa", "aaa", "[2,[0,\"a\"]]")]
    public void TX9_the_difference_leaves_alone_what_the_texts_have_in_common(string from, string to, string change) =>
        Assert.Equal(change, ChangeSet.Between(from, to).ToString());

    [Fact]
    public void TX9_the_difference_of_large_texts_takes_time_in_proportion()
    {
        string Lines(int seed) => string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {(i * seed) % 99_991} of the text\n"));
        var (from, to) = (Lines(3), Lines(7));

        Assert.Equal(to, Apply(ChangeSet.Between(from, to), from));
    }

    private static string Apply(ChangeSet change, string text) => Rope.Of(text).Apply(change).ToString();

    private static void ForAll(Action<Random> rule)
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            try
            {
                rule(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}.", e);
            }
        }
    }
}
