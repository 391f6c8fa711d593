using System.Buffers.Text;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Gateway.Configuration;

/// <summary>Reads <see cref="RenexusOptions"/> and checks what concerns several settings at once.</summary>
internal static class RenexusConfiguration
{
    private const string DefaultUrls = "http://localhost:5080";

    private static readonly string[] AnyAddress = ["//*", "//+", "//0.0.0.0", "//[::]"];

    /// <exception cref="InvalidConfigurationException">Something is wrong; the message has all of it.</exception>
    public static RenexusOptions Read(IConfiguration configuration)
    {
        var reader = new SettingsReader();
        var options = reader.Read<RenexusOptions>(configuration.GetSection("Renexus"));
        CheckUrls(configuration, reader);
        CheckTogether(options, reader);
        if (reader.Errors.Count > 0)
            throw new InvalidConfigurationException(reader.Errors);

        return options with
        {
            DataDirectory = Path.GetFullPath(options.DataDirectory),
            PublicUrl = (options.PublicUrl ?? Reachable(Urls(configuration)[0])).TrimEnd('/'),
        };
    }

    /// <summary>Where the server listens.</summary>
    public static string[] Urls(IConfiguration configuration) =>
        (configuration["urls"] is { Length: > 0 } urls ? urls : DefaultUrls).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Listening on every address is not an address that anybody could call.</summary>
    public static string Reachable(string url) =>
        AnyAddress.Aggregate(url, static (url, any) => url.Replace(any, "//localhost", StringComparison.Ordinal));

    private static void CheckUrls(IConfiguration configuration, SettingsReader reader)
    {
        foreach (var url in Urls(configuration))
        {
            if (!Uri.TryCreate(Reachable(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                reader.Refuse("urls", $"must be addresses such as {DefaultUrls}, separated by semicolons");
        }
    }

    private static void CheckTogether(RenexusOptions options, SettingsReader reader)
    {
        if (options.Roles.Count > 1 && options.Roles.Contains("all", StringComparer.Ordinal))
            reader.Refuse("Renexus:Roles", "has all and others; all is everything already");
        if (options.Realtime.Timeout < 2 * options.Realtime.Heartbeat)
            reader.Refuse("Renexus:Realtime:Timeout", "must be at least twice Renexus:Realtime:Heartbeat, or one lost packet ends a connection");
        if (options.Sessions.RefreshTokenLifetime <= options.Sessions.AccessTokenLifetime)
            reader.Refuse("Renexus:Sessions:RefreshTokenLifetime", "must be longer than Renexus:Sessions:AccessTokenLifetime");
        if (options.Sessions.MaximumLifetime < options.Sessions.RefreshTokenLifetime)
            reader.Refuse("Renexus:Sessions:MaximumLifetime", "must not be shorter than Renexus:Sessions:RefreshTokenLifetime");
        if (options.Database.VerySlowQuery < options.Database.SlowQuery)
            reader.Refuse("Renexus:Database:VerySlowQuery", "must not be shorter than Renexus:Database:SlowQuery");
        if (options.Database.ReplicaConnectionString is not null && options.Database.ConnectionString is null)
            reader.Refuse("Renexus:Database:ReplicaConnectionString", "needs Renexus:Database:ConnectionString: the embedded database has no replica");
        if (options.Identity.Issuers.Select(i => i.Issuer).Append(options.Clerk.Issuer).OfType<string>().GroupBy(i => i, StringComparer.Ordinal).Any(g => g.Count() > 1))
            reader.Refuse("Renexus:Identity:Issuers", "has an issuer twice, or Clerk's again");
        if (options.Identity.Issuers.Any(i => i.ClientId is not null && !i.Scope.Split(' ').Contains("openid", StringComparer.Ordinal)))
            reader.Refuse("Renexus:Identity:Issuers:Scope", "must have openid among it");
        if (options.Identity.Issuers.Any(i => i.ClientSecret is not null && i.ClientId is null) || options.Clerk is { ClientSecret: not null, ClientId: null })
            reader.Refuse("Renexus:Identity:Issuers:ClientSecret", "needs a ClientId beside it");
        if (options.Clerk.WebhookSecret is { } secrets
            && secrets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(s => !s.StartsWith("whsec_", StringComparison.Ordinal) || !Base64.IsValid(s.AsSpan("whsec_".Length))))
            reader.Refuse("Renexus:Clerk:WebhookSecret", "must be as Clerk shows it, whsec_ and base64; two of them with a space between while it is being changed");
        if (options.Clerk is { ClientId: not null, Issuer: null })
            reader.Refuse("Renexus:Clerk:Issuer", "is needed too, since Renexus:Clerk:ClientId is set");
        if (SignInProvider.Ids(options).GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            reader.Refuse("Renexus:Identity:Issuers:Id", $"is {twice.Key} twice; name one otherwise");
        if (options.Identity.KeysKeptFor < options.Identity.KeysMaxAge)
            reader.Refuse("Renexus:Identity:KeysKeptFor", "must not be shorter than Renexus:Identity:KeysMaxAge");
        RequireTogether(reader, "Renexus:Storage:S3", options.Storage.S3.Endpoint is not null || options.Storage.S3.Bucket is not null,
            ("Bucket", options.Storage.S3.Bucket), ("AccessKey", options.Storage.S3.AccessKey), ("SecretKey", options.Storage.S3.SecretKey));
        RequireTogether(reader, "Renexus:Email", options.Email.Host is not null, ("From", options.Email.From));
    }

    private static void RequireTogether(SettingsReader reader, string section, bool isUsed, params (string Name, string? Value)[] needed)
    {
        if (!isUsed)
            return;

        foreach (var (name, _) in needed.Where(n => n.Value is null))
            reader.Refuse($"{section}:{name}", $"is needed too, since others of {section} are set");
    }
}

/// <summary>The configuration has mistakes; the message lists all of them, one a line.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception("The configuration has " + (errors.Count == 1 ? "a mistake" : $"{errors.Count} mistakes") + ":" + Environment.NewLine
        + string.Join(Environment.NewLine, errors.Select(e => "  - " + e)))
{
    public IReadOnlyList<string> Errors => errors;
}
