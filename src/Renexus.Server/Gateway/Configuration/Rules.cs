using System.ComponentModel.DataAnnotations;
using System.Net;
using Renexus.Engine.Redis;

namespace Renexus.Server.Gateway.Configuration;

/// <summary>A setting that is never shown, and that may come from a file: <c>ApiKeyFile</c> names the file that holds <c>ApiKey</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>The setting that a bare text means where a list's entries are records: <c>Issuers=https://a,https://b</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AloneAttribute : Attribute;

/// <summary>A rule for a setting, or for each entry of a list.</summary>
internal abstract class SettingRuleAttribute(string sentence) : ValidationAttribute(sentence)
{
    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string text => IsValidText(text),
        IEnumerable<string> list => list.All(IsValidText),
        _ => false,
    };

    protected abstract bool IsValidText(string text);
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] values) : SettingRuleAttribute("must be one of: " + string.Join(", ", values))
{
    public IReadOnlyList<string> Values => values;

    protected override bool IsValidText(string text) => values.Contains(text, StringComparer.Ordinal);
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpAddressAttribute() : SettingRuleAttribute("must be an address that begins with http:// or https://")
{
    protected override bool IsValidText(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class SlugAttribute() : SettingRuleAttribute("must be small letters, digits and hyphens, 40 at most")
{
    protected override bool IsValidText(string text) =>
        text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkAttribute() : SettingRuleAttribute("must be an address such as 10.0.0.7 or a network such as 10.0.0.0/8")
{
    protected override bool IsValidText(string text) => IPNetwork.TryParse(text, out _) || IPAddress.TryParse(text, out _);
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class PortAttribute() : SettingRuleAttribute("must be port numbers, between 1 and 65535")
{
    protected override bool IsValidText(string text) =>
        ushort.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port > 0;
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostNameAttribute() : SettingRuleAttribute("must be host names as they stand in URLs, such as ci.internal; addresses in numbers go into Renexus:Webhooks:AllowNetworks")
{
    protected override bool IsValidText(string text) => Uri.CheckHostName(text) == UriHostNameType.Dns && !text.EndsWith('.');
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class RedisConnectionAttribute() : SettingRuleAttribute("must be redis://[user:password@]host[:port][/database], rediss:// for TLS, or host:port,password=…")
{
    protected override bool IsValidText(string text)
    {
        try
        {
            return RedisAddress.Parse(text) is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
