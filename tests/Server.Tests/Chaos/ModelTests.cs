using System.Diagnostics;
using System.Globalization;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing.Chaos;

namespace Renexus.Server.Tests.Chaos;

/// <summary>
/// Random clients, operations, cuts and kills; at the end state and events are the fresh state (<see cref="ModelRun"/>). <c>RENEXUS_LONG=1</c> runs a
/// thousand, <c>RENEXUS_RUNS</c> as many as it says, <c>RENEXUS_SEED</c> begins elsewhere.
/// </summary>
[Collection(nameof(Processes))]
[Trait("spec", "SY-2")]
[Trait("spec", "SY-5")]
[Trait("spec", "RT-8")]
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int KillEvery = 10;

    [Fact]
    public async Task Whatever_chance_does_everybody_holds_the_same_at_the_end()
    {
        var isLong = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1";
        var (runs, first) = (Number("RENEXUS_RUNS") ?? (isLong ? 1_000 : 4), Number("RENEXUS_SEED") ?? 1);
        var started = Stopwatch.GetTimestamp();
        await using var model = new ModelRun();
        await model.StartAsync();

        for (var seed = first; seed < first + runs; seed++)
            await model.RunAsync(seed, kill: seed % KillEvery == 3);

        output.WriteLine($"{runs} runs, seeds {first} to {first + runs - 1}, in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
