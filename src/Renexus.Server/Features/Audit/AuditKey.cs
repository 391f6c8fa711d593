using System.Security.Cryptography;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Audit;

/// <summary>
/// The key that signs checkpoints: ECDSA P-256 (Ed25519 is not in .NET), in a file outside of the database. Whoever checks needs only its
/// public half.
/// </summary>
internal sealed class AuditKey(RenexusOptions options) : IDisposable
{
    private readonly Lazy<ECDsa> key = new(() => ReadOrCreate(PathOf(options), mayCreate: options.Audit.KeyFile is null));

    /// <summary>Where it lies.</summary>
    public static string PathOf(RenexusOptions options) => options.Audit.KeyFile ?? Path.Combine(options.DataDirectory, "keys", "audit.pem");

    /// <summary>The public half, as SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => key.Value.ExportSubjectPublicKeyInfo();

    public byte[] Sign(byte[] data) => key.Value.SignData(data, HashAlgorithmName.SHA256);

    public void Dispose()
    {
        if (key.IsValueCreated)
            key.Value.Dispose();
    }

    /// <summary>How people name a public key: the beginning of its SHA-256.</summary>
    public static string Fingerprint(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey)[..8]);

    /// <exception cref="StartupException">It cannot be read, or made.</exception>
    public static ECDsa ReadOrCreate(string path, bool mayCreate)
    {
        try
        {
            if (mayCreate && !File.Exists(path))
                Create(path);
            var read = ECDsa.Create();
            read.ImportFromPem(File.ReadAllText(path));
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new StartupException($"The key that signs audit checkpoints cannot be read ({e.Message}): restore {path}, or correct Renexus:Audit:KeyFile.", e);
        }
    }

    private static void Create(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var beside = $"{path}.{Guid.CreateVersion7():n}";
        using (var file = new FileStream(beside, options))
        using (var writer = new StreamWriter(file))
            writer.Write(fresh.ExportPkcs8PrivateKeyPem());
        try
        {
            // Of two that start at once the first one's stays.
            File.Move(beside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(beside);
        }
    }
}
