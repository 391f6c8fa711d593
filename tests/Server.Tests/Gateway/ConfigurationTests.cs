using Microsoft.Extensions.Configuration;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Tests.Gateway;

[Trait("spec", "DP-4")]
public sealed class ConfigurationTests
{
    [Fact]
    public void Nothing_set_gives_the_documented_defaults()
    {
        var options = Read();

        Assert.Equal(Path.GetFullPath("./data"), options.DataDirectory);
        Assert.Equal("http://localhost:5080", options.PublicUrl);
        Assert.Equal(["all"], options.Roles);
        Assert.Null(options.Database.ConnectionString);
        Assert.Equal(
            (60, 600, 300, 120, 10, 20, 5, 102_400, 104_857_600L),
            (options.Limits.MessagesPerMinute, options.Limits.WritesPerMinute, options.Limits.DocumentPushesPerMinute, options.Limits.EphemeralPerMinute,
                options.Limits.AuthenticationPerMinute, options.Limits.GenerationPerMinute, options.Limits.ConnectionsPerUser,
                options.Limits.MessageBytes, options.Limits.UploadBytes));
        Assert.False(options.Webhooks.AllowPrivateAddresses);
    }

    [Fact]
    public void The_shipped_file_says_the_same_as_the_code()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build();

        Assert.Equivalent(Read(), RenexusConfiguration.Read(file), strict: true);
    }

    [Fact]
    public void Every_setting_stands_in_the_shipped_file()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build();
        var shipped = file.AsEnumerable().Select(s => s.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.All(Keys(typeof(RenexusOptions), "Renexus"), key => Assert.Contains(key, shipped));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_each_with_its_key_and_the_fix()
    {
        var e = Assert.Throws<InvalidConfigurationException>(() => Read(
            ("Renexus:Limits:MesagesPerMinute", "3"),
            ("Renexus:Limits:WritesPerMinute", "many"),
            ("Renexus:Limits:GenerationPerMinute", "-1"),
            ("Renexus:PublicUrl", "example.com"),
            ("Renexus:Roles", "web,wroker"),
            ("Renexus:Realtime:Heartbeat", "soon"),
            ("Renexus:Email:Host", "mail.example.com"),
            ("Renexus:Proxy:Trusted", "10.0.0.0/8,proxy"),
            ("urls", "localhost:5080")));

        Assert.Equal(9, e.Errors.Count);
        Assert.Contains("Renexus:Limits:MesagesPerMinute is not a setting; did you mean Renexus:Limits:MessagesPerMinute.", e.Errors);
        Assert.Contains("Renexus:Limits:WritesPerMinute must be a whole number.", e.Errors);
        Assert.Contains("Renexus:Limits:GenerationPerMinute must be between 0 and 2147483647.", e.Errors);
        Assert.Contains("Renexus:Realtime:Heartbeat must be a duration in seconds, such as 90, or as 00:01:30.", e.Errors);
        Assert.Contains("Renexus:Email:From is needed too, since others of Renexus:Email are set.", e.Errors);
        Assert.All(e.Errors, error => Assert.Contains(error, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Durations_are_seconds_or_clock_time()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), Read(("Renexus:Realtime:Timeout", "90")).Realtime.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(90), Read(("Renexus:Realtime:Timeout", "00:01:30")).Realtime.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), Read(("Renexus:Database:QueryTimeout", "1.5")).Database.QueryTimeout);
    }

    [Fact]
    public void Lists_are_entries_or_commas()
    {
        Assert.Equal(["web", "worker"], Read(("Renexus:Roles", "web, worker")).Roles);
        Assert.Equal(["web", "worker"], Read(("Renexus:Roles:0", "web"), ("Renexus:Roles:1", "worker")).Roles);
    }

    [Fact]
    public void A_secret_may_come_from_a_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "Host=db;Password=from-a-file\n");

        Assert.Equal("Host=db;Password=from-a-file", Read(("Renexus:Database:ConnectionStringFile", file)).Database.ConnectionString);
        File.Delete(file);
    }

    [Fact]
    public void A_secret_given_twice_or_in_a_missing_file_is_a_mistake()
    {
        var missing = Path.Combine(Path.GetTempPath(), Guid.CreateVersion7().ToString());
        var e = Assert.Throws<InvalidConfigurationException>(() => Read(
            ("Renexus:Redis:ConnectionString", "a"), ("Renexus:Redis:ConnectionStringFile", missing),
            ("Renexus:Clerk:WebhookSecretFile", missing)));

        Assert.Equal(2, e.Errors.Count);
        Assert.Contains(e.Errors, error => error.Contains("both set", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mistake_does_not_repeat_a_value_that_may_be_a_secret()
    {
        var e = Assert.Throws<InvalidConfigurationException>(() => Read(("Renexus:Email:Port", "hunter2-canary")));

        Assert.DoesNotContain("hunter2-canary", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://*:80", "http://localhost:80")]
    [InlineData("http://0.0.0.0:8080;http://other", "http://localhost:8080")]
    [InlineData("https://[::]:443", "https://localhost:443")]
    public void The_public_address_is_one_that_can_be_reached(string urls, string expected) =>
        Assert.Equal(expected, Read(("urls", urls)).PublicUrl);

    private static RenexusOptions Read(params (string Key, string Value)[] settings) => RenexusConfiguration.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build());

    private static IEnumerable<string> Keys(Type type, string path) => type.GetProperties().SelectMany(property =>
        string.Equals(property.PropertyType.Namespace, typeof(RenexusOptions).Namespace, StringComparison.Ordinal) && property.PropertyType.IsClass
            ? Keys(property.PropertyType, $"{path}:{property.Name}")
            : [$"{path}:{property.Name}"]);
}
