using System.Text.RegularExpressions;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Where a text refers to files (docs/spec/content.md, CN12): here by their address, <c>/api/files/{id}/content</c>; in a file of Markdown that has its media beside it, by their
/// paths from there.
/// </summary>
internal static partial class MediaLinks
{
    /// <summary>The files that a text refers to, each once, in their order.</summary>
    public static IEnumerable<Guid> IdsIn(string text) => FileAddress.Matches(text).Select(match => Guid.Parse(match.Groups["id"].Value)).Distinct();

    /// <summary>The text with paths in the place of these files' addresses.</summary>
    public static string WithPaths(string text, IReadOnlyDictionary<Guid, string> paths) => FileAddress.Replace(
        text, match => paths.TryGetValue(Guid.Parse(match.Groups["id"].Value), out var path) ? Escape(path) : match.Value);

    /// <summary>The text with addresses in the place of these paths.</summary>
    /// <param name="folder">That the text lies in, in the same archive; empty or ending in a slash.</param>
    /// <param name="ids">By the whole path in the archive.</param>
    public static string WithAddresses(string text, string folder, IReadOnlyDictionary<string, Guid> ids) => Destination.Replace(
        text,
        match => PathOf(match.Groups["target"].Value, folder) is { } path && ids.TryGetValue(path, out var id)
            ? $"{match.Groups["before"].Value}/api/files/{id}/content"
            : match.Value);

    /// <summary>The paths that a text refers to, as they are called in the archive, and whether each is a picture that it shows. Code is no text.</summary>
    public static IEnumerable<(string Path, bool IsShown)> PathsIn(string text, string folder) =>
        from match in Destination.Matches(Code.Replace(text, ""))
        let path = PathOf(match.Groups["target"].Value, folder)
        where path is not null
        select (path, match.Groups["before"].Value.StartsWith('!'));

    /// <summary>The same for one path that is named outside a text.</summary>
    public static string? PathOf(string target, string folder)
    {
        var bare = target.Trim('<', '>');
        var end = bare.IndexOfAny(['?', '#']);
        var path = end < 0 ? bare : bare[..end];
        if (path.Length == 0 || path[0] is '/' or '\\' || Scheme.IsMatch(path))
            return null;
        var steps = new List<string>();
        foreach (var step in (folder + Uri.UnescapeDataString(path)).Split('/'))
        {
            if (step is "..")
            {
                if (steps.Count == 0)
                    return null;
                steps.RemoveAt(steps.Count - 1);
            }
            else if (step is not ("" or "."))
            {
                steps.Add(step);
            }
        }
        return string.Join('/', steps);
    }

    /// <summary>A path as it stands in a link.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    // Not the end of an address elsewhere, and nothing after it that would make it another one.
    [GeneratedRegex(@"(?<![\w:/.\-])/api/files/(?<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/content(?![\w/?])", RegexOptions.None, 1000)]
    private static partial Regex FileAddress { get; }

    // Of a link or picture, of a definition at the end of a text, and of HTML.
    [GeneratedRegex("""(?<before>!?\[[^\[\]\n]*\]\([ \t]*|\]\([ \t]*|^ {0,3}\[[^\[\]\n]+\]:[ \t]*|\b(?:src|href)=")(?<target><[^<>\n]*>|[^\s()<>"]+)""", RegexOptions.Multiline, 1000)]
    private static partial Regex Destination { get; }

    [GeneratedRegex("""^ {0,3}(?<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^ {0,3}\k<fence>[ \t]*$|\z)|(?<ticks>`+)[^`\n]+\k<ticks>""", RegexOptions.Multiline, 1000)]
    private static partial Regex Code { get; }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.NonBacktracking)]
    private static partial Regex Scheme { get; }
}
