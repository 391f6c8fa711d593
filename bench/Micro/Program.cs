using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Renexus.Micro;

// What single steps cost, each beside the way that one would take without thinking: see bench/Micro/README.md.
var config = DefaultConfig.Instance
    // In this process: a project that is generated would be built by this repository's rules.
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default);
return BenchmarkSwitcher.FromAssembly(typeof(FrameEncoding).Assembly).Run(args, config).Any() ? 0 : 1;
