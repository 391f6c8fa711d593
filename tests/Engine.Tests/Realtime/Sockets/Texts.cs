namespace Renexus.Engine.Tests.Realtime.Sockets;

/// <summary>Text to send.</summary>
internal static class Texts
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .";

    /// <summary>Letters in an order that shows when some are lost or exchanged.</summary>
    public static string OfLength(int length) => string.Create(length, 0, (span, _) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = (char)('a' + ((i ^ (i >> 5) ^ (i >> 11)) % 26));
    });

    /// <summary>Text that compresses badly.</summary>
    public static string Noise(int seed, int length) => new(new Random(seed).GetItems<char>(Alphabet, length));
}
