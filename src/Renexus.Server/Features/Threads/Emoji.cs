using System.Globalization;
using System.Text;

namespace Renexus.Server.Features.Threads;

/// <summary>What can be reacted with: one sign that is drawn as a picture, whatever it is composed of.</summary>
internal static class Emoji
{
    private const char EmojiPresentation = '\uFE0F';
    private const char Keycap = '\u20E3';

    public static bool IsOne(string text)
    {
        if (text.Length is 0 or > 32 || StringInfo.GetNextTextElementLength(text) != text.Length)
            return false;
        return Rune.DecodeFromUtf16(text, out var first, out _) is System.Buffers.OperationStatus.Done
            && (Rune.GetUnicodeCategory(first) is UnicodeCategory.OtherSymbol || text.Contains(EmojiPresentation) || text.Contains(Keycap));
    }
}
