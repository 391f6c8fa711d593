using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Commands;

/// <summary>What may follow a command: <c>--key=value</c> or <c>--key value</c>. The framework would silently pass over anything else.</summary>
internal static class Settings
{
    // Whatever has a colon is checked where it is read.
    private static readonly string[] WithoutSection =
        ["urls", "environment", "contentRoot", "applicationName", "http_ports", "https_ports", "AllowedHosts"];

    public static void Check(ReadOnlySpan<string> settings)
    {
        var mistakes = new List<string>();
        for (var i = 0; i < settings.Length; i++)
        {
            var name = settings[i];
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                mistakes.Add($"'{name}' is neither a command nor a setting; settings are written --Renexus:KEY=VALUE.");
                continue;
            }

            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? name[2..] : name[2..equals];
            if (equals < 0 && ++i == settings.Length)
                mistakes.Add($"--{key} needs a value: --{key}=VALUE.");
            else if (!key.Contains(':', StringComparison.Ordinal) && !WithoutSection.Contains(key, StringComparer.OrdinalIgnoreCase))
                mistakes.Add($"--{key} is not a setting; those of Renexus are written --Renexus:KEY=VALUE, the address --urls=http://localhost:PORT.");
        }

        if (mistakes.Count > 0)
            throw new InvalidConfigurationException(mistakes);
    }
}
