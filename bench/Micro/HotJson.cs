using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Micro;

/// <summary>
/// What do the generated contracts save on what is written and read for every message? Baseline: the serializer with the web's standard settings, by reflection.
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
public class HotJson
{
    private static readonly byte[] Frame = JsonSerializer.SerializeToUtf8Bytes(
        new RealtimeMessage(
            MessageTypes.Update, "thread:01990000-0000-7000-8000-000000000003",
            JsonSerializer.SerializeToElement(
                new WritePayload(Ops.Create, "message", Data: JsonSerializer.SerializeToElement(new PostMessageRequest { Body = new string('x', 200) }, ContractsJson.Lenient.PostMessageRequest)),
                ContractsJson.Lenient.WritePayload),
            Id: "01990000-0000-7000-8000-000000000004"),
        ContractsJson.Lenient.RealtimeMessage);

    [BenchmarkCategory("write"), Benchmark(Baseline = true)]
    public byte[] WriteByReflection() => JsonSerializer.SerializeToUtf8Bytes(Samples.Message, JsonSerializerOptions.Web);

    [BenchmarkCategory("write"), Benchmark]
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(Samples.Message, ContractsJson.Lenient.Message);

    [BenchmarkCategory("read"), Benchmark(Baseline = true)]
    public RealtimeMessage? ReadByReflection() => JsonSerializer.Deserialize<RealtimeMessage>(Frame, JsonSerializerOptions.Web);

    /// <summary>Refuses unknown and repeated members as well.</summary>
    [BenchmarkCategory("read"), Benchmark]
    public RealtimeMessage? Read() => JsonSerializer.Deserialize(Frame, ContractsJson.Strict.RealtimeMessage);
}
