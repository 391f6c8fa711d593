using Renexus.Client.Realtime;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing.Chaos;

namespace Renexus.Server.Tests.Chaos;

/// <summary>Nothing acknowledged is lost, nothing happens twice, whatever is killed. The long mode is the size the issue names.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "RT-5")]
[Trait("spec", "RT-6")]
[Trait("spec", "TH-2")]
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";

    private static int Seed => int.TryParse(
        Environment.GetEnvironmentVariable("RENEXUS_SEED"), System.Globalization.CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    [Fact]
    public Task Killing_the_server_loses_nothing_and_doubles_nothing() => RunAsync(Sized(new ChaosPlan(Seed)));

    [Fact]
    public Task Killing_one_of_two_servers_on_one_database_loses_nothing_and_doubles_nothing() =>
        RunAsync(Sized(new ChaosPlan(Seed) { Servers = 2 }));

    [Fact]
    [Trait("spec", "RT-8")]
    public Task Killing_one_of_two_servers_under_streams_and_polls_loses_nothing_and_doubles_nothing() =>
        RunAsync(Sized(new ChaosPlan(Seed) { Servers = 2, Transports = [Transport.Events, Transport.Polling] }));

    [Fact]
    public Task Killing_PostgreSQL_loses_nothing_and_doubles_nothing() =>
        RunAsync(Sized(new ChaosPlan(Seed)) with { ServerKills = 0, PostgresKills = IsLong ? 10 : 2 });

    [Fact]
    [Trait("spec", "RE-5")]
    public Task Stopping_the_server_with_Ctrl_C_under_load_loses_nothing_and_doubles_nothing() =>
        RunAsync(Sized(new ChaosPlan(Seed)) with { ServerKills = 0, Interrupts = IsLong ? 10 : 2 });

    private static ChaosPlan Sized(ChaosPlan plan) => IsLong
        ? plan with { Users = 40, ClientsPerUser = 5, Threads = 50, Messages = 100_000, ServerKills = 10 }
        : plan;

    private async Task RunAsync(ChaosPlan plan)
    {
        await using var run = new ChaosRun(plan, output.WriteLine);
        Assert.Empty(await run.RunAsync());
    }
}
