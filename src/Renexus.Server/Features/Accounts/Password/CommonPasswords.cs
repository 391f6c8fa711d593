using System.Collections.Frozen;
using System.IO.Compression;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// The passwords that turn up most often where passwords have leaked, as far as our rules of length would let them in; whatever the case.
/// From the package @zxcvbn-ts/language-common (MIT; common-passwords.txt has its licence).
/// </summary>
internal static class CommonPasswords
{
    private const string Resource = "accounts/common-passwords.br";

    private static readonly Lazy<FrozenSet<string>> Known = new(Load);

    public static int Count => Known.Value.Count;

    public static bool Contains(string password) => Known.Value.Contains(password.Trim());

    private static FrozenSet<string> Load()
    {
        using var resource = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(new BrotliStream(resource, CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
