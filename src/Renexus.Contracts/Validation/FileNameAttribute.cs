using System.ComponentModel.DataAnnotations;

namespace Renexus.Contracts;

/// <summary>A name and not a path: no slash of either kind, and more than dots.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FileNameAttribute : ValidationAttribute
{
    /// <summary>Says so, with the field's name.</summary>
    public FileNameAttribute() : base("{0} must be a file's name without folders.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null || (value is string text && text.AsSpan().IndexOfAny('/', '\\') < 0 && text.Trim().Trim('.').Length > 0);
}
