using System.Globalization;

namespace Renexus.Load.Measuring;

/// <summary>What /proc says about a process.</summary>
/// <param name="Cpu">CPU time it has used.</param>
/// <param name="ReapedCpu">What children that ended had used, which it has waited for.</param>
internal readonly record struct ProcessRow(int Id, int Parent, string Name, TimeSpan Cpu, TimeSpan ReapedCpu);

/// <summary>Reads /proc: who descends from whom, and how much CPU each has used.</summary>
internal static class ProcessTable
{
    // USER_HZ is 100 on every Linux that matters here.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public static Dictionary<int, ProcessRow> Read()
    {
        var rows = new Dictionary<int, ProcessRow>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) && Read(id) is { } row)
                rows[id] = row;
        }

        return rows;
    }

    /// <summary>The server's process and those it started, a PostgreSQL of its own aside.</summary>
    public static IEnumerable<int> ServerProcesses(int id)
    {
        var rows = Read();
        return rows.Values.Where(row => row.Name != "postgres" && Descends(row, id, rows)).Select(row => row.Id);
    }

    public static bool Descends(ProcessRow row, int? ancestor, Dictionary<int, ProcessRow> rows)
    {
        for (var id = row.Id; id > 1 && rows.TryGetValue(id, out var next); id = next.Parent)
        {
            if (id == ancestor)
                return true;
        }

        return false;
    }

    /// <summary>CPU time that anything on this machine has used, steal included.</summary>
    public static TimeSpan MachineCpu()
    {
        // cpu  user nice system idle iowait irq softirq steal …
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Tick * (Number(fields[1]) + Number(fields[2]) + Number(fields[3]) + Number(fields[6]) + Number(fields[7]) + Number(fields[8]));
    }

    /// <summary>Resident memory that belongs to the process alone, in bytes.</summary>
    public static long PrivateBytes(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    /// <summary>All resident memory of the process, in bytes.</summary>
    public static long ResidentBytes(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private static ProcessRow? Read(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }

        // id (name) state ppid …; the name may hold anything, so what follows is counted from its last parenthesis.
        var end = text.LastIndexOf(')');
        var fields = text[(end + 2)..].Split(' ');
        return new ProcessRow(
            id,
            (int)Number(fields[1]),
            text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end],
            Tick * (Number(fields[11]) + Number(fields[12])),
            Tick * (Number(fields[13]) + Number(fields[14])));
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
