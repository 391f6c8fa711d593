using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Renexus.Server.Features.Files.Pictures;

/// <summary>What the process that decodes a picture may take (FI-4). Whatever a picture makes of its decoder, it ends at these.</summary>
/// <param name="Pixels">That its header may speak of; it is read before anything is decoded.</param>
/// <param name="MemoryBytes">More than the process has when it begins; held by the system on Linux.</param>
/// <param name="ProcessorSeconds">Held by the system, except on Windows.</param>
/// <param name="Patience">By the clock, after which it is killed: a busy machine takes its time.</param>
internal sealed partial record PictureLimits(long Pixels, long MemoryBytes, int ProcessorSeconds, TimeSpan Patience)
{
    public static readonly PictureLimits Usual = new(Pixels: 100_000_000, MemoryBytes: 1L << 30, ProcessorSeconds: 30, Patience: TimeSpan.FromMinutes(2));

    private const long LargestFile = 64L << 20;

    // Of Linux and macOS alike, but for the last.
    private const int Processor = 0;
    private const int FileSize = 1;
    private const int CoreDump = 4;
    private const int AddressSpace = 9;

    /// <summary>Binds this process to them, for good.</summary>
    public void Apply()
    {
        if (OperatingSystem.IsWindows())
            return;
        Set(Processor, ProcessorSeconds);
        Set(FileSize, LargestFile);
        Set(CoreDump, 0);
        if (OperatingSystem.IsLinux())
            Set(AddressSpace, AddressSpaceNow() + MemoryBytes);
    }

    // The runtime itself reserves addresses that it never uses.
    private static long AddressSpaceNow() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static void Set(int resource, long limit)
    {
        var both = new Limit((nuint)limit, (nuint)limit);
        if (SetLimit(resource, in both) != 0)
            throw new Win32Exception();
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(nuint Soft, nuint Hard);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in Limit limit);
}
