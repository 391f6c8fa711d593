using System.Text;
using System.Text.Json;

namespace Renexus.Server.Gateway;

/// <summary>Names of fields in errors are those of the JSON the client sent: <c>items[2].name</c>, not <c>Items[2].Name</c>.</summary>
internal static class FieldNames
{
    public static Dictionary<string, string[]> AsInJson(IEnumerable<KeyValuePair<string, string[]>> errors)
    {
        var renamed = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, sentences) in errors)
        {
            var field = AsInJson(name);
            renamed[field] = renamed.TryGetValue(field, out var earlier) ? [.. earlier, .. sentences] : sentences;
        }

        return renamed;
    }

    public static string AsInJson(string name)
    {
        if (!name.Contains('.', StringComparison.Ordinal))
            return JsonNamingPolicy.CamelCase.ConvertName(name);

        var parts = name.Split('.');
        return string.Join('.', parts.Select(JsonNamingPolicy.CamelCase.ConvertName));
    }

    /// <summary>The field of a <see cref="JsonException.Path"/>: <c>$.items[2].name</c> → <c>items[2].name</c>; the body itself is <c>$</c>.</summary>
    public static string OfPath(string? path)
    {
        if (path is null or "" or "$")
            return "$";

        // Names that are not identifiers come as ['my name'].
        var field = new StringBuilder(path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..]);
        field.Replace("['", ".").Replace("']", "");
        return field.ToString().TrimStart('.');
    }
}
