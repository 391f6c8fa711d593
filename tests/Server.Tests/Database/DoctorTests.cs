using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

/// <summary>The doctor looks an installation over, beside the server that uses it, and changes nothing.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "DP-4")]
public sealed class DoctorTests
{
    [Fact]
    public async Task Beside_a_running_server_it_reaches_the_database_and_finds_the_schema_up_to_date()
    {
        await using var data = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync($"Renexus:DataDirectory={data.Path}");

        var (exitCode, output) = await ServerProcess.RunAsync("doctor", "--json", $"--Renexus:DataDirectory={data.Path}");

        using var report = JsonDocument.Parse(output);
        Assert.Equal(0, exitCode);
        Assert.True(report.RootElement.GetProperty("healthy").GetBoolean());
        Assert.Equal(["configuration", "data directory", "database", "schema", "secret keys"], Sound(report));
    }

    [Fact]
    public async Task Before_the_first_start_nothing_is_wrong_and_nothing_is_made()
    {
        await using var data = new TemporaryFolder();
        var absent = Path.Combine(data.Path, "absent");

        var (exitCode, _) = await ServerProcess.RunAsync("doctor", $"--Renexus:DataDirectory={absent}");

        Assert.Equal(0, exitCode);
        Assert.False(Directory.Exists(absent));
    }

    [Fact]
    public async Task Each_mistake_is_a_finding_and_the_exit_code_says_so()
    {
        await using var data = new TemporaryFolder();

        var (exitCode, output) = await ServerProcess.RunAsync(
            "doctor", "--json", $"--Renexus:DataDirectory={data.Path}", "--Renexus:Limits:MessagesPerMinut=3", "--Renexus:Roles=cook");

        using var report = JsonDocument.Parse(output);
        Assert.Equal(1, exitCode);
        Assert.Equal(2, report.RootElement.GetProperty("checks").EnumerateArray().Count(check => check.GetProperty("status").GetString() is "error"));
    }

    [Fact]
    public async Task A_database_that_is_away_is_an_error_with_a_way_out()
    {
        await using var data = new TemporaryFolder();

        var (exitCode, output) = await ServerProcess.RunAsync(
            "doctor", $"--Renexus:DataDirectory={data.Path}", "--Renexus:Database:ConnectionString=Host=127.0.0.1;Port=1;Username=x;Timeout=2");

        Assert.Equal(1, exitCode);
        Assert.Contains("Renexus:Database:ConnectionString", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Sound(JsonDocument report) => report.RootElement.GetProperty("checks").EnumerateArray()
        .Where(check => check.GetProperty("status").GetString() is "ok").Select(check => check.GetProperty("name").GetString());
}
