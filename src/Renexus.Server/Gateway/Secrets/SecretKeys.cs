using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>
/// The keys this node has. Several live at once: the last one encrypts, all decrypt. The file is read again when it has changed, so that
/// a rotation needs no restart.
/// </summary>
internal sealed partial class SecretKeys(SecretKeyFile file, ILogger<SecretKeys> logger)
{
    private readonly Lock reading = new();
    private volatile Ring? ring;

    public static SecretKeyFile FileOf(RenexusOptions options) =>
        new(options.Secrets.KeyFile ?? Path.Combine(options.DataDirectory, "keys", "secrets.key"), isOurs: options.Secrets.KeyFile is null);

    /// <summary>The one that encrypts.</summary>
    public SecretKey Current => Fresh().All[^1];

    public IReadOnlyList<SecretKey> All => Fresh().All;

    /// <summary>Null when this node does not have it.</summary>
    public SecretKey? Find(ReadOnlySpan<byte> id) => Known.Find(id) ?? Fresh().Find(id);

    /// <summary>Whether the file is there; asking does not make it.</summary>
    public bool IsThere => file.Stamp != default;

    /// <summary>Puts keys of other nodes into the file, where the last one encrypts from now on.</summary>
    /// <exception cref="StartupException">The file cannot be written.</exception>
    public void Add(IReadOnlyList<SecretKey> others)
    {
        var own = IsThere ? file.Read() : [];
        file.Write([.. own.Where(key => others.All(other => other.Name != key.Name)), .. others]);
    }

    private Ring Known => ring ?? Fresh();

    private Ring Fresh()
    {
        var known = ring;
        if (known is not null && known.Stamp == file.Stamp)
            return known;

        lock (reading)
        {
            var stamp = file.Stamp;
            if (ring is { } meanwhile && meanwhile.Stamp == stamp)
                return meanwhile;

            try
            {
                return ring = new Ring(ring is null ? file.ReadOrCreate() : file.Read(), file.Stamp);
            }
            catch (StartupException e) when (known is not null)
            {
                // A running server goes on with what it has.
                FileUnreadable(logger, e.Message);
                return ring = known with { Stamp = stamp };
            }
        }
    }

    [LoggerMessage(1728, LogLevel.Error, "{Reason} Going on with the keys read before.")]
    private static partial void FileUnreadable(ILogger logger, string reason);

    private sealed record Ring(IReadOnlyList<SecretKey> All, (DateTime At, long Bytes) Stamp)
    {
        public SecretKey? Find(ReadOnlySpan<byte> id)
        {
            foreach (var key in All)
            {
                if (id.SequenceEqual(key.Id))
                    return key;
            }

            return null;
        }
    }
}
