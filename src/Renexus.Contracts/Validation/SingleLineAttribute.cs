using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Renexus.Contracts;

/// <summary>
/// Visible text on one line: not blank, no control characters and none that turn the reading direction around, so that a name
/// cannot break a mail header, a log line or the text beside it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SingleLineAttribute : ValidationAttribute
{
    /// <summary>Says so, with the field's name.</summary>
    public SingleLineAttribute() : base("{0} must be visible text on one line.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null || (value is string text && !string.IsNullOrWhiteSpace(text) && !text.Any(Breaks));

    private static bool Breaks(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
