using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Renexus.Contracts;

/// <summary>
/// An address that mail could reach: <c>local@domain</c> within the lengths of RFC 5321, without the quoted and commented forms
/// that nobody has. Whether it exists is for a mail to find out.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailSyntaxAttribute : ValidationAttribute
{
    private const int MaxLength = 254;
    private const int MaxLocalLength = 64;
    private const int MaxLabelLength = 63;

    /// <summary>Says so, with the field's name.</summary>
    public EmailSyntaxAttribute() : base("{0} must be an email address.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string text && IsEmail(text));

    private static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && Encoding.UTF8.GetByteCount(text) <= MaxLength
            && IsLocal(text.AsSpan(0, at)) && IsDomain(text[(at + 1)..]);
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        if (local.Length > MaxLocalLength || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in local)
        {
            if (!char.IsLetterOrDigit(c) && !char.IsSurrogate(c) && !".!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    private static bool IsDomain(string domain) => domain.Length > 0 && domain.Split('.').All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsLetterOrDigit(c) || c == '-');
}
