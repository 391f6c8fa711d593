using Renexus.Engine.Text;

namespace Renexus.Engine.Tests.Text;

/// <summary>Texts and changes of chance, with line breaks, marks and pairs of surrogates; no change cuts one of those.</summary>
internal static class RandomTexts
{
    private static readonly string[] Pieces = ["a", "word", " ", "\n", "é", "e\u0301", "漢字", "😀", "👩‍👩‍👧", "\n\n"];

    public static string Text(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    public static ChangeSet Change(Random random, string text)
    {
        var change = ChangeSet.Nothing(text.Length);
        for (var left = random.Next(4); left > 0; left--)
        {
            var from = Place(random, text, 0);
            var to = random.Next(3) == 0 ? from : Place(random, text, from);
            var next = ChangeSet.Replace(text.Length, from, to, random.Next(3) == 0 ? "" : Text(random, 3));
            text = Rope.Of(text).Apply(next).ToString();
            change = change.Compose(next);
        }
        return change;
    }

    public static int Place(Random random, string text, int from, int most = int.MaxValue)
    {
        var at = random.Next(from, Math.Min(text.Length - from, most) + from + 1);
        return at > from && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }
}
