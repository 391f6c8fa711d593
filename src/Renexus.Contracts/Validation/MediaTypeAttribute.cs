using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>A media type of RFC 9110: <c>type/subtype</c>; parameters such as a charset may follow.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MediaTypeAttribute : ValidationAttribute
{
    private const string Tokens = "!#$&-^_.+";

    /// <summary>Says so, with the field's name.</summary>
    public MediaTypeAttribute() : base("{0} must be a media type, such as image/png.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string text && IsMediaType(text));

    private static bool IsMediaType(string text)
    {
        var essence = text.Split(';')[0].Trim();
        var slash = essence.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsToken(essence[..slash]) && IsToken(essence[(slash + 1)..]) && !text.Any(char.IsControl);
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || Tokens.Contains(c, StringComparison.Ordinal));
}
