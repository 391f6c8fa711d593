using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// The file of keys: one a line in base64, <c>#</c> begins a comment. The last one encrypts, all decrypt. It is made at the first start
/// unless the operator names another, and only its owner may read it.
/// </summary>
internal sealed partial class SecretKeyFile(string path, bool isOurs)
{
    private const string Introduction = """
        # Keys of the secret fields in the database (docs/security/secrets.md). The last line encrypts, all lines decrypt.
        # Without this file those fields are lost: keep a copy apart from the backups of the database.
        """;

    public string FullPath => path;

    /// <summary>Says whether it changed, without reading it.</summary>
    public (DateTime At, long Bytes) Stamp => new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    /// <summary>The keys in the file's order; the file is made if it may be.</summary>
    /// <exception cref="StartupException">It cannot be read, or a line is no key.</exception>
    public IReadOnlyList<SecretKey> ReadOrCreate()
    {
        if (isOurs && !File.Exists(path))
            Create();
        return Read();
    }

    /// <exception cref="StartupException">It cannot be read, or a line is no key.</exception>
    public IReadOnlyList<SecretKey> Read()
    {
        try
        {
            var keys = Keys(File.ReadAllLines(path)).ToList();
            return keys.Count > 0 ? keys : throw new StartupException($"{path} has no key: restore it from a copy, or make one with `openssl rand -base64 32`.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The keys of the secret fields cannot be read ({e.Message}): restore {path}, let only the server's user read it, or correct Renexus:Secrets:KeyFile.", e);
        }
    }

    /// <summary>Replaces the keys, in this order; readers see the old file or the new one.</summary>
    public void Write(IEnumerable<SecretKey> keys)
    {
        try
        {
            File.Move(WriteBeside(keys), path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{path} cannot be written ({e.Message}): add a line made by `openssl rand -base64 32` at its end where it comes from, then run this again.", e);
        }
    }

    private void Create()
    {
        try
        {
            var made = WriteBeside([SecretKey.Create()]);
            // Of two that start at once the first one's stays. A link is made or not; File.Move looks first and may then replace.
            if (OperatingSystem.IsWindows() || (Link(made, path) != 0 && !File.Exists(path)))
                MoveUnlessThere(made);
            File.Delete(made);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path} cannot be made ({e.Message}): give the server's user the right to, or choose another place with Renexus:DataDirectory.", e);
        }
    }

    private void MoveUnlessThere(string made)
    {
        try
        {
            File.Move(made, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody was first.
        }
    }

    private void MakeFolder()
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string WriteBeside(IEnumerable<SecretKey> keys)
    {
        MakeFolder();
        var beside = $"{path}.{Guid.CreateVersion7():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(beside, options))
        {
            using (var writer = new StreamWriter(file, leaveOpen: true))
            {
                writer.WriteLine(Introduction);
                foreach (var key in keys)
                    writer.WriteLine(key.ToLine());
            }

            file.Flush(flushToDisk: true);
        }

        return beside;
    }

    private IEnumerable<SecretKey> Keys(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;

            var bytes = new byte[SecretKey.Length + 1];
            if (!Convert.TryFromBase64String(line, bytes, out var written) || written != SecretKey.Length)
                throw new StartupException($"Line {i + 1} of {path} is no key: a key is {SecretKey.Length} random bytes in base64, as `openssl rand -base64 32` makes them.");
            yield return new SecretKey(bytes[..written]);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string made);
}
