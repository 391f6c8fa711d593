using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Renexus.Contracts;

namespace Renexus.Server.Features.Content;

/// <summary>
/// What an approval is bound to (docs/spec/content.md, CN5): SHA-256 over JSON that has one form only, written by hand since serializers differ in what
/// they escape. It is what <c>JSON.stringify</c> makes of the same members in the same order.
/// </summary>
internal static class ContentHash
{
    public static string Of(string kind, string title, string body, IEnumerable<ContentVariant> variants, IEnumerable<ContentMedia> media)
    {
        var json = new StringBuilder(body.Length + 256);
        json.Append("{\"kind\":").Text(kind).Append(",\"title\":").Text(title).Append(",\"body\":").Text(body).Append(",\"variants\":[");
        var comma = "";
        foreach (var variant in variants)
        {
            json.Append(comma).Append("{\"platform\":").Text(variant.Platform).Append(",\"text\":").Text(variant.Text).Append('}');
            comma = ",";
        }
        json.Append("],\"media\":[");
        comma = "";
        foreach (var file in media)
        {
            json.Append(comma).Append("{\"fileId\":").Text(file.FileId!.Value.ToString("D", CultureInfo.InvariantCulture)).Append(",\"alt\":").Text(file.Alt).Append('}');
            comma = ",";
        }
        json.Append("]}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToString())));
    }

    private static StringBuilder Text(this StringBuilder json, string? text)
    {
        if (text is null)
            return json.Append("null");
        json.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': json.Append("\\\""); break;
                case '\\': json.Append("\\\\"); break;
                case '\b': json.Append("\\b"); break;
                case '\f': json.Append("\\f"); break;
                case '\n': json.Append("\\n"); break;
                case '\r': json.Append("\\r"); break;
                case '\t': json.Append("\\t"); break;
                case < ' ': json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: json.Append(c); break;
            }
        }
        return json.Append('"');
    }
}
