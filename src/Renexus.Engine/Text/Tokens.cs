using System.Globalization;

namespace Renexus.Engine.Text;

/// <summary>Cuts a text into pieces that together are the text again.</summary>
internal static class Tokens
{
    /// <summary>Lines, each with its end.</summary>
    public static string[] Lines(string text)
    {
        var lines = new List<string>();
        var start = 0;
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', start))
        {
            lines.Add(text[start..(at + 1)]);
            start = at + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return [.. lines];
    }

    /// <summary>
    /// Words, and one by one whatever stands between them. A letter keeps its marks and a pair of surrogates stays together; where a script
    /// does not part words, each sign is a word.
    /// </summary>
    public static string[] Words(string text)
    {
        var words = new List<string>();
        var start = 0;
        var elements = StringInfo.ParseCombiningCharacters(text);
        for (var i = 0; i < elements.Length; i++)
        {
            var end = i + 1 < elements.Length ? elements[i + 1] : text.Length;
            var isJoined = i + 1 < elements.Length && IsWord(text, elements[i]) && IsWord(text, elements[i + 1]);
            if (isJoined)
                continue;
            words.Add(text[start..end]);
            start = end;
        }
        return [.. words];
    }

    private static bool IsWord(string text, int at) =>
        CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark;
}
