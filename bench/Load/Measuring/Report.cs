using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Renexus.Load.Measuring;

/// <summary>What a run found: a table for people, and a Markdown section for bench/Results.</summary>
internal sealed class Report(string title)
{
    private readonly List<(string Name, string Value)> rows = [];

    public string Title => title;

    /// <summary>The figure that the run is about.</summary>
    public double Main { get; private set; }

    /// <summary>CPU of the server for each operation, in microseconds.</summary>
    public double ServerCpuEach { get; private set; }

    /// <summary>CPU of its database for each operation, in microseconds.</summary>
    public double DatabaseCpuEach { get; private set; }

    /// <summary>CPU of both for each operation, in microseconds.</summary>
    public double CpuEach => ServerCpuEach + DatabaseCpuEach;

    /// <summary>Latency, where it was measured.</summary>
    public Latencies? Latency { get; private set; }

    /// <summary>Who used the processors, where that was measured.</summary>
    public CpuUse? Cpu { get; private set; }

    /// <summary>Resident memory in bytes, where that was measured.</summary>
    public long Memory { get; private set; }

    /// <summary>Whether nothing else used the machine meanwhile.</summary>
    public bool Counts { get; private set; } = true;

    public void Add(string name, string value) => rows.Add((name, value));

    public void Add(string name, double value, string unit) =>
        Add(name, $"{value.ToString(value switch { >= 100 => "N0", >= 1 => "N2", _ => "0.#####" }, CultureInfo.InvariantCulture)} {unit}".TrimEnd());

    public void AddMain(string name, double value, string unit)
    {
        Main = value;
        Add(name, value, unit);
    }

    public void AddMemory(string name, long bytes)
    {
        Memory = bytes;
        Add(name, bytes / 1e6, "MB");
    }

    public void Add(string name, Latencies latencies)
    {
        Latency = latencies;
        Add($"{name} p50", latencies.Percentile(0.50).TotalMilliseconds, "ms");
        Add($"{name} p99", latencies.Percentile(0.99).TotalMilliseconds, "ms");
        Add($"{name} p99.9", latencies.Percentile(0.999).TotalMilliseconds, "ms");
    }

    /// <param name="operations">What the CPU was used for.</param>
    public void Add(CpuUse cpu, long operations, string operation)
    {
        Add("CPU server", cpu.Server.TotalSeconds, "s");
        Add("CPU database", cpu.Database.TotalSeconds, "s");
        Add("CPU generator", cpu.Generator.TotalSeconds, "s");
        if (operations > 0)
        {
            (ServerCpuEach, DatabaseCpuEach) = (cpu.Server.TotalMicroseconds / operations, cpu.Database.TotalMicroseconds / operations);
            Add($"CPU server per {operation}", ServerCpuEach, "µs");
            Add($"CPU server + database per {operation}", CpuEach, "µs");
        }

        AddForeign(cpu);
    }

    public void AddForeign(CpuUse cpu)
    {
        Cpu = cpu;
        Counts &= cpu.IsQuiet;
        Add("CPU of others", $"{cpu.Disturbance}{(cpu.IsQuiet ? "" : $", over {CpuUse.QuietBelow:P0}: this run does not count")}");
    }

    public void Print()
    {
        var width = rows.Max(row => row.Name.Length);
        Console.WriteLine(title);
        foreach (var (name, value) in rows)
            Console.WriteLine($"  {name.PadRight(width)}  {value}");
    }

    public async Task AppendMarkdownAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        text.AppendLine(WhenAndWhere()).AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        foreach (var (name, value) in rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
        text.AppendLine();
        file.Directory?.Create();
        await File.AppendAllTextAsync(file.FullName, text.ToString(), cancellationToken);
    }

    /// <summary>What a figure is worth nothing without.</summary>
    public static string WhenAndWhere() => string.Create(
        CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, commit {Commit()}, {Machine()}");

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return $"{Environment.ProcessorCount} × {model?.Split(':')[1].Trim() ?? "?"}, {memory:N0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=12"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit.Length == 0 ? "unknown" : commit;
    }
}
