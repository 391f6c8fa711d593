using System.Collections.Concurrent;
using System.Diagnostics;

namespace Renexus.Load.Contestants;

/// <summary>The last lines a server wrote, for when it fails.</summary>
internal sealed class ServerLog
{
    private const int Kept = 40;

    private readonly ConcurrentQueue<string> lines = new();

    public ServerLog(Process process)
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString() => string.Join('\n', lines);

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        while (lines.Count > Kept)
            lines.TryDequeue(out _);
    }
}
