using System.Reflection;
using System.Text.RegularExpressions;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Logging;

/// <summary>
/// Takes secrets out of whatever is about to be written to the log (OB-3): the configured ones wherever they appear, others by the name
/// they stand beside or by their shape. The last gate: nothing should reach it, and exceptions of libraries do.
/// </summary>
internal sealed partial class Redaction
{
    private const string Replacement = "[redacted]";
    private const int MinSecretLength = 6;
    private const int MinDigits = 3;

    private readonly string[] configured;

    public Redaction(RenexusOptions options) => configured = [.. SecretsOf(options).Where(s => s.Length >= MinSecretLength).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether what stands under this name is never shown.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    public string Clean(string text)
    {
        foreach (var secret in configured)
            text = text.Replace(secret, Replacement, StringComparison.Ordinal);

        text = Cookies().Replace(text, "${name}: " + Replacement);
        text = Schemes().Replace(text, static m => m.Groups["value"].ValueSpan.ContainsAnyExceptInRange('A', 'z') ? $"{m.Groups["name"].Value} {Replacement}" : m.Value);
        text = Named().Replace(text, "${name}" + Replacement);
        text = UserInfo().Replace(text, "://" + Replacement + "@");
        text = Shaped().Replace(text, Replacement);
        return Opaque().Replace(text, static m => LooksDrawn(m.ValueSpan) ? Replacement : m.Value);
    }

    private static IEnumerable<string> SecretsOf(object settings)
    {
        foreach (var property in settings.GetType().GetProperties())
        {
            var value = property.GetValue(settings);
            if (value is string secret && property.IsDefined(typeof(SecretAttribute)))
                yield return secret;
            else if (value is not null && string.Equals(property.PropertyType.Namespace, typeof(RenexusOptions).Namespace, StringComparison.Ordinal))
            {
                foreach (var inner in SecretsOf(value))
                    yield return inner;
            }
        }
    }

    // Names of types and ids of traces are long too; what a generator of keys drew mixes cases and digits.
    private static bool LooksDrawn(ReadOnlySpan<char> run)
    {
        int upper = 0, lower = 0, digits = 0;
        foreach (var c in run)
        {
            upper += char.IsAsciiLetterUpper(c) ? 1 : 0;
            lower += char.IsAsciiLetterLower(c) ? 1 : 0;
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return upper > 0 && lower > 0 && digits >= MinDigits;
    }

    [GeneratedRegex("passw|secret|token|api[-_]?key|authorization|cookie|credential|connectionstring|private[-_]?key",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    // A cookie header has many names and values; all of it goes.
    [GeneratedRegex(@"(?<name>(?:set-)?cookie)[""']?\s*[:=][^\r\n]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Cookies();

    // "Bearer was not authenticated" is a sentence; credentials have digits or signs.
    [GeneratedRegex(@"\b(?<name>bearer|basic)\s+(?<value>[A-Za-z0-9._~+/=-]+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Schemes();

    // password=…, "refreshToken": "…", ?token=…, Password=…; in any spelling, also escaped once more.
    [GeneratedRegex("""(?<name>(?:passw|pwd|secret|token|api[-_]?key|authorization|credential|private[-_]?key)\w*\\?["']?\s*[:=]\s*)(?:\\?"[^"\\\r\n]*\\?"|'[^'\r\n]*'|[^\s,;&"'})\]]+)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    [GeneratedRegex(@"://[^/\s@:]*:[^/\s@]+@", RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();

    // Tokens that tell what they are: JWTs, webhook secrets, keys of providers.
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*|\b(?:whsec|sk|rk|ghp|gho|xoxb|xoxp|AIza|rnx)[-_]?[A-Za-z0-9_-]{16,}", RegexOptions.NonBacktracking)]
    private static partial Regex Shaped();

    [GeneratedRegex("[A-Za-z0-9_-]{40,}", RegexOptions.NonBacktracking)]
    private static partial Regex Opaque();
}
