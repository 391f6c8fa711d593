using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>
/// An item as a Markdown file with front matter (docs/spec/content.md, CN11): values are written as JSON, which YAML is a superset of; what is read may be plain YAML as
/// other tools write it, as far as it is single values and lists. What is not known is left aside.
/// </summary>
internal static class MarkdownFile
{
    private const string Fence = "---";

    /// <param name="paths">Where files lie that go along; absent: none does, and the text has their addresses.</param>
    public static string Write(ItemRow item, string body, IReadOnlyDictionary<Guid, string>? paths = null)
    {
        paths ??= new Dictionary<Guid, string>();
        var file = new StringBuilder(body.Length + 512).Append(Fence).Append('\n');
        void Add<T>(string name, T value) => file.Append(name).Append(": ").Append(JsonSerializer.Serialize(value, Json.Options)).Append('\n');

        Add("title", item.Title);
        Add("kind", item.Kind);
        Add("status", item.Status);
        if (item.Labels.Length > 0)
            Add("labels", item.Labels);
        if (item.PlannedAt is { } planned)
            Add("plannedAt", planned);
        foreach (var variant in item.Fields.Variants)
            Add($"text.{variant.Platform}", MediaLinks.WithPaths(variant.Text!, paths));
        ContentMedia[] media = [.. item.Fields.Media.Where(one => paths.ContainsKey(one.FileId!.Value))];
        if (media.Length > 0)
        {
            Add("media", media.Select(one => paths[one.FileId!.Value]).ToArray());
            Add("media.alt", media.Select(one => one.Alt ?? "").ToArray());
        }
        return file.Append(Fence).Append("\n\n").Append(MediaLinks.WithPaths(body, paths)).ToString();
    }

    /// <summary>What every system takes in a name.</summary>
    public static string NameOf(string title)
    {
        var name = new string([.. title.Select(c => c is '\\' or '/' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c) ? ' ' : c)]).Trim(' ', '.');
        return name.Length == 0 ? "content" : Texts.Cut(name, 80);
    }

    /// <param name="name">Of the file, for a title when the text has none.</param>
    public static CreateContentRequest Read(string markdown, string? name) => ReadWithMedia(markdown, name).Item;

    /// <summary>The same with the paths of its media, as they are written, which come beside it.</summary>
    public static (CreateContentRequest Item, IReadOnlyList<(string Path, string? Alt)> Media) ReadWithMedia(string markdown, string? name)
    {
        var text = ItemText.Normalize(markdown).TrimStart('\uFEFF');
        var (fields, body) = Split(text);
        var title = fields.GetValueOrDefault("title")?.FirstOrDefault() ?? HeadingOf(body) ?? Path.GetFileNameWithoutExtension(name);
        var kind = fields.GetValueOrDefault("kind")?.FirstOrDefault();
        var alts = fields.GetValueOrDefault("media.alt") ?? [];
        var media = (fields.GetValueOrDefault("media") ?? []).Select((path, i) => (MediaLinks.Escape(path), alts.ElementAtOrDefault(i) is { Length: > 0 } alt ? alt : null)).ToArray();
        var item = new CreateContentRequest
        {
            Kind = kind is ContentKinds.Post or ContentKinds.Article or ContentKinds.Video ? kind : ContentKinds.Article,
            Title = Texts.Cut(Texts.InOneLine(title is { Length: > 0 } ? title : "Imported"), 200),
            Body = body,
            Labels = (fields.GetValueOrDefault("labels") ?? fields.GetValueOrDefault("tags"))?.Take(20).ToArray(),
            PlannedAt = DateTimeOffset.TryParse(
                fields.GetValueOrDefault("plannedAt")?.FirstOrDefault(), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var planned)
                ? planned.ToUniversalTime() : null,
            Variants = [.. fields.Where(field => field.Key.StartsWith("text.", StringComparison.Ordinal))
                .Select(field => new ContentVariant(field.Key["text.".Length..], field.Value.FirstOrDefault() ?? ""))],
        };
        return (item, media);
    }

    private static (Dictionary<string, List<string>> Fields, string Body) Split(string text)
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (!text.StartsWith(Fence + "\n", StringComparison.Ordinal))
            return (fields, text);
        var end = text.IndexOf($"\n{Fence}\n", Fence.Length, StringComparison.Ordinal);
        var isLast = end < 0 && text.EndsWith($"\n{Fence}", StringComparison.Ordinal);
        if (end < 0 && !isLast)
            return (fields, text);

        List<string>? list = null;
        foreach (var line in text[(Fence.Length + 1)..Math.Max(Fence.Length + 1, isLast ? text.Length - Fence.Length - 1 : end)].Split('\n'))
        {
            if (line.TrimStart().StartsWith("- ", StringComparison.Ordinal) && list is not null)
            {
                list.AddRange(ValuesOf(line.TrimStart()[2..]));
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || char.IsWhiteSpace(line[0]))
                continue;
            fields[line[..colon].Trim()] = list = [.. ValuesOf(line[(colon + 1)..])];
        }
        var body = isLast ? "" : text[(end + Fence.Length + 2)..];
        return (fields, body.StartsWith('\n') ? body[1..] : body);
    }

    private static IEnumerable<string> ValuesOf(string text)
    {
        var value = text.Trim();
        if (value.Length == 0)
            return [];
        if (value[0] is '"' or '[')
        {
            try
            {
                var json = JsonSerializer.Deserialize<JsonElement>(value, Json.Options);
                return json.ValueKind == JsonValueKind.Array
                    ? [.. json.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText())]
                    : [json.GetString()!];
            }
            catch (JsonException) when (value[0] is '[' && value[^1] is ']')
            {
                // As YAML has it: names without quotes.
                return [.. value[1..^1].Split(',').Select(Bare).Where(one => one.Length > 0)];
            }
            catch (JsonException)
            {
                return [Bare(value)];
            }
        }
        return [Bare(value)];
    }

    private static string Bare(string text)
    {
        var value = text.Trim();
        return value is [var first, .., var last] && first == last && first is '\'' or '"' ? value[1..^1] : value;
    }

    private static string? HeadingOf(string body) =>
        body.Split('\n', 2)[0] is ['#', ' ', .. var heading] && heading.Trim() is { Length: > 0 } title ? title : null;
}
