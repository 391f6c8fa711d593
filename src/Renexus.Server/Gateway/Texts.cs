namespace Renexus.Server.Gateway;

/// <summary>What is done to texts of others before they are kept or shown.</summary>
internal static class Texts
{
    /// <summary>The beginning of a text, in UTF-16 units; not between the halves of a character.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>A name in one line, without what nobody sees.</summary>
    public static string InOneLine(string name) =>
        new string([.. name.Where(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029'))]).Trim();
}
