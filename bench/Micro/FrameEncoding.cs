using BenchmarkDotNet.Attributes;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;

namespace Renexus.Micro;

/// <summary>
/// What does it cost to write a change as a frame once and to hand that to all who listen? Baseline: to write it for each of them.
/// </summary>
public class FrameEncoding
{
    private readonly MessageEncoder encoder = new(channel => $"thread:{channel.Id}", TimeProvider.System);
    private readonly Change change = Samples.ChangeAt(1);

    [Params(1, 100)]
    public int Listeners { get; set; }

    [Benchmark(Baseline = true)]
    public int ForEach()
    {
        var bytes = 0;
        for (var i = 0; i < Listeners; i++)
            bytes += encoder.Change(change).Json.Length;
        return bytes;
    }

    [Benchmark]
    public int OnceForAll()
    {
        var (shared, bytes) = (encoder.Change(change), 0);
        for (var i = 0; i < Listeners; i++)
            bytes += shared.Json.Length;
        return bytes;
    }
}
