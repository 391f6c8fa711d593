using System.Text.RegularExpressions;
using Renexus.Contracts;

namespace Renexus.Server.Features.Search;

/// <summary>The part of a text that shows why it was found.</summary>
internal static partial class Excerpt
{
    private const int Longest = 240;

    /// <summary>How much stands before the first found word.</summary>
    private const int Before = 60;

    /// <summary>Of long texts so much is looked at; what is found only after it shows its beginning.</summary>
    public const int LookedAt = 20_000;

    /// <param name="body">Markdown, as written.</param>
    /// <param name="terms">What was looked for.</param>
    /// <param name="isLater">Whether it is a later part of a longer one, of which the beginning is not to be shown.</param>
    public static (string Text, IReadOnlyList<Highlight> Highlights) Of(string body, SearchTerms terms, bool isLater = false)
    {
        var text = Marks().Replace(MentionSyntax.ToText(body), "");
        var found = terms.In(text.Length > LookedAt ? text[..LookedAt] : text);
        var start = found.Count == 0 || (!isLater && found[0].Start + found[0].Length <= Longest) ? 0 : WordAt(text, Math.Max(0, found[0].Start - Before), found[0].Start);
        var end = Math.Min(text.Length, start + Longest);
        if (end < text.Length && char.IsLowSurrogate(text[end]))
            end--;

        var (lead, tail) = (isLater || start > 0 ? "…" : "", end < text.Length ? "…" : "");
        var excerpt = $"{lead}{text[start..end].Replace('\n', ' ').Replace('\r', ' ')}{tail}";
        return (excerpt, [.. found
            .Where(one => one.Start >= start && one.Start + one.Length <= end)
            .Select(one => new Highlight(one.Start - start + lead.Length, one.Length))]);
    }

    /// <summary>What only says how words look.</summary>
    [GeneratedRegex(@"\*\*|__|~~|`+|^#{1,6} ", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Marks();

    /// <summary>The next beginning of a word, if one is near and not after a place.</summary>
    private static int WordAt(string text, int at, int last)
    {
        var space = text.AsSpan(at, Math.Min(Before / 2, last - at)).IndexOf(' ');
        var start = space < 0 ? at : at + space + 1;
        return char.IsLowSurrogate(text[start]) ? start + 1 : start;
    }
}
