using Renexus.Client.Realtime;

namespace Renexus.Load.Loads;

/// <summary>Remembers which versions the last distinct frames carried: comparing bytes is far cheaper than reading them as JSON.</summary>
internal sealed class FrameMemory
{
    private const int Kept = 64;

    private readonly (byte[] Frame, long[] Versions)[] known = new (byte[], long[])[Kept];
    private int newest;

    public ReadOnlySpan<long> Versions(ReadOnlySpan<byte> frame)
    {
        for (var back = 0; back < Kept; back++)
        {
            var (bytes, versions) = known[(newest - back + Kept) % Kept];
            if (bytes is not null && frame.SequenceEqual(bytes))
                return versions;
        }

        newest = (newest + 1) % Kept;
        known[newest] = (frame.ToArray(), Read(frame));
        return known[newest].Versions;
    }

    private static long[] Read(ReadOnlySpan<byte> frame)
    {
        var versions = new List<long>();
        var reader = new FrameReader(frame);
        while (reader.TryRead(out var message))
        {
            // What is answered, or passes by, is no delivery.
            if (message is { V: { } v, Re: null })
                versions.Add(v);
        }

        return [.. versions];
    }
}
