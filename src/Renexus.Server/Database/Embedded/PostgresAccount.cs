using System.Diagnostics;
using System.Runtime.Versioning;

namespace Renexus.Server.Postgres;

/// <summary>
/// The account PostgreSQL runs under. It refuses to be root, so a server run by root starts it as <c>nobody</c>; where that account
/// cannot reach the data (a folder under /root), in a user namespace in which root is called nobody. Anybody else's runs as itself.
/// </summary>
internal sealed class PostgresAccount
{
    private const string Nobody = "nobody";

    private readonly Kind kind;

    private PostgresAccount(Kind kind) => this.kind = kind;

    private enum Kind { Own, Nobody, Namespace }

    public static PostgresAccount For(params ReadOnlySpan<string> paths)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new(Kind.Own);

        foreach (var path in paths)
        {
            if (ClosedFolderAbove(path) is { } closed)
                return OperatingSystem.IsLinux() && Run("unshare", [.. NamespaceOptions, "true"])
                    ? new(Kind.Namespace)
                    : throw new StartupException(
                        $"PostgreSQL does not run as root and the user {Nobody} cannot pass {closed}: start Renexus as an ordinary user, " +
                        "or choose a folder that others can pass with Renexus:DataDirectory.");
        }

        return new(Kind.Nobody);
    }

    /// <summary>Makes the account the owner of a folder with all that is in it, or of a file.</summary>
    public void Own(string path)
    {
        // A folder may come from a run under the other kind of account: its owner is set back to root then.
        var owner = kind switch { Kind.Nobody => Nobody + ":", Kind.Namespace => "root:", _ => null };
        if (owner is not null && !Run("chown", ["-hR", owner, path]))
            throw new StartupException($"The owner of {path} could not be changed to {owner.TrimEnd(':')}: check the file system's rights and options.");
    }

    /// <summary>How to start a program under this account, with nothing of the server's own environment (it may hold secrets).</summary>
    public ProcessStartInfo Start(string program, params IEnumerable<string> arguments)
    {
        IEnumerable<string> line = [program, .. arguments];
        if (kind is Kind.Namespace)
            line = ["unshare", .. NamespaceOptions, .. line];

        var start = new ProcessStartInfo(line.First(), line.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The server's own working directory may be closed to the account.
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };
        if (!OperatingSystem.IsWindows())
        {
            var path = start.Environment["PATH"];
            start.Environment.Clear();
            start.Environment["PATH"] = path;
            start.Environment["LC_ALL"] = "C";
        }

        if (kind is Kind.Nobody)
            start.UserName = Nobody;
        return start;
    }

    private static string[] NamespaceOptions => ["--user", "--map-user=65534", "--map-group=65534", "--"];

    [UnsupportedOSPlatform("windows")]
    private static string? ClosedFolderAbove(string path)
    {
        for (var folder = Directory.GetParent(path); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return folder.FullName;
        }

        return null;
    }

    private static bool Run(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true, // kept from the terminal; the exit code says enough
                RedirectStandardOutput = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
