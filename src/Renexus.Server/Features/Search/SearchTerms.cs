using System.Buffers;
using System.Globalization;
using System.Text;
using Renexus.Contracts;

namespace Renexus.Server.Features.Search;

/// <summary>
/// What somebody looks for: words, which may go on (<c>plan</c> finds "planning"), phrases in quotes, and either of them with a minus in
/// front for what must not occur.
/// </summary>
/// <param name="Query">The same in PostgreSQL's words (<c>to_tsquery</c>).</param>
/// <param name="Wanted">The terms to point out in what is found.</param>
internal sealed record SearchTerms(string Query, IReadOnlyList<SearchTerms.Term> Wanted)
{
    public const int MostTerms = 16;

    /// <summary>Shorter words are looked for as they are: too much begins with them.</summary>
    private const int ShortestPrefix = 3;

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\u3000\"");

    /// <summary>One thing to look for.</summary>
    /// <param name="Words">In lower case; several are a phrase.</param>
    /// <param name="IsPrefix">Whether the word may go on.</param>
    internal sealed record Term(IReadOnlyList<string> Words, bool IsPrefix);

    /// <summary>Null when there is nothing in it to look for.</summary>
    public static SearchTerms? Read(string text)
    {
        var (parts, wanted) = (new List<string>(), new List<Term>());
        foreach (var (raw, isPhrase, isExcluded) in Split(text).Take(MostTerms))
        {
            var words = Words(raw).Select(word => word.Text.ToLowerInvariant()).ToArray();
            if (words.Length == 0)
                continue;
            var isPrefix = !isPhrase && !isExcluded && words.Length == 1 && words[0].Length >= ShortestPrefix && !IsAlone(words[0]);
            parts.Add($"{(isExcluded ? "!" : "")}{Quote(words)}{(isPrefix ? ":*" : "")}");
            if (!isExcluded)
                wanted.Add(new Term(words, isPrefix));
        }
        return wanted.Count == 0 ? null : new SearchTerms(string.Join(" & ", parts), wanted);
    }

    /// <summary>Where the terms stand in a text, in order and apart from each other.</summary>
    public IReadOnlyList<Highlight> In(string text)
    {
        var words = Words(text).Select(word => (word.Start, word.Text.Length, Text: word.Text.ToLowerInvariant())).ToArray();
        var found = new List<Highlight>();
        for (var at = 0; at < words.Length;)
        {
            var length = Wanted.Max(term => Matches(term, words, at) ? term.Words.Count : 0);
            if (length > 0)
            {
                var last = words[at + length - 1];
                found.Add(new Highlight(words[at].Start, last.Start + last.Length - words[at].Start));
            }
            at += Math.Max(length, 1);
        }
        return found;
    }

    private static bool Matches(Term term, (int Start, int Length, string Text)[] words, int at)
    {
        if (at + term.Words.Count > words.Length)
            return false;
        for (var i = 0; i < term.Words.Count; i++)
        {
            var (word, wanted) = (words[at + i].Text, term.Words[i]);
            if (term.IsPrefix ? !word.StartsWith(wanted, StringComparison.Ordinal) : !string.Equals(word, wanted, StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    private static IEnumerable<(string Text, bool IsPhrase, bool IsExcluded)> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var isExcluded = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
            if (isExcluded)
                at++;
            var isPhrase = text[at] == '"';
            var end = isPhrase ? text.IndexOf('"', at + 1) : text.AsSpan(at).IndexOfAny(Ends) is var stop and > 0 ? at + stop : -1;
            if (end < 0)
                end = text.Length;
            yield return (text[(isPhrase ? at + 1 : at)..end], isPhrase, isExcluded);
            at = isPhrase ? end + 1 : end;
        }
    }

    /// <summary>The words of a text, much as the database's parser finds them: runs of letters and digits, and signs that are words alone.</summary>
    private static IEnumerable<(int Start, string Text)> Words(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && IsPartOfWord(text, end) && !IsAlone(text[end]))
                end++;
            if (end == at && IsAlone(text[at]))
                end++;
            if (end > at)
                yield return (at, text[at..end]);
            at = Math.Max(end, at + 1);
        }
    }

    private static bool IsPartOfWord(string text, int at) =>
        char.IsLetterOrDigit(text, at) || char.IsLowSurrogate(text[at])
        || CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsAlone(string word) => word.Length == 1 && IsAlone(word[0]);

    // As in search.words (0017_search.sql): kana and Chinese signs.
    private static bool IsAlone(char sign) => sign is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff';

    private static string Quote(IEnumerable<string> words)
    {
        var quoted = new StringBuilder("'");
        quoted.AppendJoin(' ', words);
        return quoted.Append('\'').ToString();
    }
}
