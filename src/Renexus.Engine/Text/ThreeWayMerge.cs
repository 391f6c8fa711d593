namespace Renexus.Engine.Text;

/// <summary>
/// Brings two changes of one text together (SY-3): what only one side changed is taken from it, what both changed alike is taken once. Where both
/// changed the same stretch differently, or one changed what the other took away, there is no merge, and people decide. Stretches are lines,
/// and within changed lines words (docs/spec/sync.md, MG).
/// </summary>
public static class ThreeWayMerge
{
    /// <summary>The merged text; null when the two do not fit together.</summary>
    /// <param name="base">What both were made of.</param>
    public static string? Merge(string @base, string mine, string theirs)
    {
        ArgumentNullException.ThrowIfNull(@base);
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(theirs);
        if (string.Equals(mine, theirs, StringComparison.Ordinal) || string.Equals(theirs, @base, StringComparison.Ordinal))
            return mine;
        if (string.Equals(mine, @base, StringComparison.Ordinal))
            return theirs;
        return Merge(Tokens.Lines(@base), Tokens.Lines(mine), Tokens.Lines(theirs), areLines: true);
    }

    /// <summary>
    /// Walks through the base. Between two stable tokens (found in both) lies a stretch that at least one side may have changed;
    /// each stretch is decided for itself.
    /// </summary>
    private static string? Merge(string[] @base, string[] mine, string[] theirs, bool areLines)
    {
        var (inMine, inTheirs) = (Alignment.Of(@base, mine), Alignment.Of(@base, theirs));
        var merged = new System.Text.StringBuilder();
        var (b, m, t) = (0, 0, 0);
        while (true)
        {
            var stable = b;
            while (stable < @base.Length && (inMine[stable] < 0 || inTheirs[stable] < 0))
                stable++;
            var isEnd = stable == @base.Length;
            var (mineEnd, theirsEnd) = isEnd ? (mine.Length, theirs.Length) : (inMine[stable], inTheirs[stable]);
            var stretch = Decide(@base[b..stable], mine[m..mineEnd], theirs[t..theirsEnd], areLines);
            if (stretch is null)
                return null;
            merged.Append(stretch);
            if (isEnd)
                return merged.ToString();
            merged.Append(@base[stable]);
            (b, m, t) = (stable + 1, mineEnd + 1, theirsEnd + 1);
        }
    }

    private static string? Decide(string[] @base, string[] mine, string[] theirs, bool areLines)
    {
        if (mine.AsSpan().SequenceEqual(theirs) || theirs.AsSpan().SequenceEqual(@base))
            return string.Concat(mine);
        if (mine.AsSpan().SequenceEqual(@base))
            return string.Concat(theirs);
        // Both changed it. Within lines, words may still tell the two changes apart.
        if (!areLines || @base.Length == 0 || mine.Length == 0 || theirs.Length == 0)
            return null;
        return Merge(Tokens.Words(string.Concat(@base)), Tokens.Words(string.Concat(mine)), Tokens.Words(string.Concat(theirs)), areLines: false);
    }
}
