using System.Diagnostics;

namespace Renexus.Server.Tests.Postgres;

/// <summary>Tests that start and kill processes: one after the other, beside the others, since they mostly wait.</summary>
[CollectionDefinition(nameof(Processes))]
public sealed class Processes
{
    public static bool Runs(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }
}
