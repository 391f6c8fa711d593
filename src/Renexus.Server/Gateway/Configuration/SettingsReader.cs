using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Renexus.Server.Gateway.Configuration;

/// <summary>
/// Fills a record of settings from configuration and collects every mistake, each naming its key and the fix, so that one restart mends
/// all. The framework's binder stops at the first and passes over keys it does not know.
/// </summary>
internal sealed class SettingsReader
{
    private readonly List<string> errors = [];

    public IReadOnlyList<string> Errors => errors;

    public T Read<T>(IConfigurationSection section)
        where T : class, new() => (T)Read(typeof(T), section);

    public void Refuse(string key, string sentence) => errors.Add($"{key} {sentence}.");

    private object Read(Type type, IConfigurationSection section)
    {
        var settings = Activator.CreateInstance(type)!;
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in type.GetProperties())
        {
            known.Add(property.Name);
            var isSecret = property.IsDefined(typeof(SecretAttribute));
            if (isSecret)
                known.Add(property.Name + "File");

            var child = section.GetSection(property.Name);
            var text = isSecret ? ReadSecret(section, property.Name) : child.Value;
            if (IsRecord(property.PropertyType))
                property.SetValue(settings, Read(property.PropertyType, child));
            else if (property.PropertyType == typeof(IReadOnlyList<string>))
                ReadList(settings, property, child);
            else if (EntryOf(property.PropertyType) is { } entry)
                ReadRecords(settings, property, entry, child);
            else if (!string.IsNullOrWhiteSpace(text))
                ReadValue(settings, property, child.Path, text.Trim());
            Check(settings, property, child.Path);
        }

        foreach (var child in section.GetChildren().Where(c => !known.Contains(c.Key)))
            Refuse(child.Path, "is not a setting" + (Spelling.Nearest(child.Key, known) is { } near ? $"; did you mean {section.Path}:{near}" : ""));
        return settings;
    }

    private static bool IsRecord(Type type) => type.IsClass && string.Equals(type.Namespace, typeof(RenexusOptions).Namespace, StringComparison.Ordinal);

    // What a list of records has as entries; null for anything else.
    private static Type? EntryOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && IsRecord(type.GetGenericArguments()[0]) ? type.GetGenericArguments()[0] : null;

    private void ReadRecords(object settings, PropertyInfo property, Type entry, IConfigurationSection section)
    {
        var alone = entry.GetProperties().Single(p => p.IsDefined(typeof(AloneAttribute)));
        var entries = new List<object>();
        foreach (var text in TextsOf(section))
            entries.Add(ReadAlone(entry, alone, section.Path, text));
        foreach (var child in section.GetChildren().Where(c => c.GetChildren().Any()))
            entries.Add(Read(entry, child));
        if (entries.Count == 0)
            return;

        var list = Array.CreateInstance(entry, entries.Count);
        entries.ToArray().CopyTo(list, 0);
        property.SetValue(settings, list);
    }

    private object ReadAlone(Type entry, PropertyInfo alone, string path, string text)
    {
        var settings = Activator.CreateInstance(entry)!;
        alone.SetValue(settings, text);
        Check(settings, alone, path);
        return settings;
    }

    private string? ReadSecret(IConfigurationSection section, string name)
    {
        var path = section[name + "File"];
        if (string.IsNullOrWhiteSpace(path))
            return section[name];

        var key = $"{section.Path}:{name}File";
        if (!string.IsNullOrWhiteSpace(section[name]))
        {
            Refuse(key, $"and {section.Path}:{name} are both set; keep one");
            return null;
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(key, $"names a file that cannot be read ({path}); create it or allow this user to read it");
            return null;
        }
    }

    private static void ReadList(object settings, PropertyInfo property, IConfigurationSection section)
    {
        var items = TextsOf(section);
        if (items.Length > 0)
            property.SetValue(settings, items);
    }

    // One value with commas, as environment and command line want it, or the entries of a JSON array.
    private static string[] TextsOf(IConfigurationSection section) => section.Value is { } text && (text.Length > 0 || !section.GetChildren().Any())
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. section.GetChildren().Select(c => c.Value?.Trim() ?? "").Where(v => v.Length > 0)];

    private void ReadValue(object settings, PropertyInfo property, string key, string text)
    {
        try
        {
            property.SetValue(settings, Convert(text, property.PropertyType));
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            // Not the value itself: it may be a secret in the wrong place.
            Refuse(key, $"must be {Describe(property.PropertyType)}");
        }
    }

    private static object? Convert(string text, Type type)
    {
        // Durations are seconds, as everywhere in the contract, or 00:15:00.
        if (type == typeof(TimeSpan) && double.TryParse(text, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);

        return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
    }

    private static string Describe(Type type) =>
        type == typeof(bool) || type == typeof(bool?) ? "true or false"
        : type == typeof(TimeSpan) ? "a duration in seconds, such as 90, or as 00:01:30"
        : "a whole number";

    private void Check(object settings, PropertyInfo property, string key)
    {
        var value = property.GetValue(settings);
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>().Where(r => !r.IsValid(value)))
        {
            Refuse(key, rule switch
            {
                RequiredAttribute => "must not be empty",
                RangeAttribute range => $"must be between {range.Minimum} and {range.Maximum}",
                MinLengthAttribute => "must have at least one entry",
                _ => rule.FormatErrorMessage(property.Name),
            });
        }
    }
}
