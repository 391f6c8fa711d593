namespace Renexus.Engine.Text;

/// <summary>
/// The difference of two texts: what is common at both ends, then line by line, and in changed lines word by word where little has changed. So an edit in the middle of a text does not move
/// the cursors, comments and authors of the rest.
/// </summary>
internal static class Difference
{
    /// <summary>Where more than so many units lie between the common ends, changed lines are replaced as wholes: the time stays in proportion.</summary>
    private const int MostInWords = 64 * 1024;

    public static Section[] Between(string from, string to)
    {
        var head = from.AsSpan().CommonPrefixLength(to);
        if (CutsPair(from, head) || CutsPair(to, head))
            head--;
        var tail = CommonSuffix(from.AsSpan(head), to.AsSpan(head));
        if (CutsPair(from, from.Length - tail) || CutsPair(to, to.Length - tail))
            tail--;
        var sections = new SectionBuilder();
        sections.Add(head, Section.Kept);
        var (old, @new) = (from[head..^tail], to[head..^tail]);
        AddTokens(sections, old, @new, Tokens.Lines, areWords: false);
        sections.Add(tail, Section.Kept);
        return sections.ToArray();
    }

    private static void AddTokens(SectionBuilder sections, string old, string @new, Func<string, string[]> cut, bool areWords)
    {
        if (old.Length == 0 || @new.Length == 0)
        {
            sections.Add(old.Length, @new.Length, @new);
            return;
        }
        var refines = !areWords && old.Length + @new.Length <= MostInWords;
        var (before, after) = (cut(old), cut(@new));
        var places = Alignment.Of(before, after);
        var (b, a) = (0, 0);
        while (b < before.Length || a < after.Length)
        {
            var stable = b;
            while (stable < before.Length && places[stable] < 0)
                stable++;
            var isEnd = stable == before.Length;
            var end = isEnd ? after.Length : places[stable];
            var (gone, come) = (string.Concat(before[b..stable]), string.Concat(after[a..end]));
            if (refines)
                AddTokens(sections, gone, come, Tokens.Words, areWords: true);
            else
                sections.Add(gone.Length, come.Length, come);
            if (!isEnd)
                sections.Add(before[stable].Length, Section.Kept);
            (b, a) = (stable + 1, end + 1);
        }
    }

    private static int CommonSuffix(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        var length = 0;
        while (length < one.Length && length < other.Length && one[^(length + 1)] == other[^(length + 1)])
            length++;
        return length;
    }

    private static bool CutsPair(string text, int at) => at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) && char.IsLowSurrogate(text[at]);
}
