using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>
/// What a client that polls or syncs has to give back: up to which moment it has everything, and, between two pages of one answer, how
/// far it has come. It holds no secret and grants nothing: what it leads to is authorized anew each time.
/// </summary>
/// <param name="Epoch">What versions count in; another one means that they started over.</param>
/// <param name="At">When <paramref name="Since"/> was, to know whether the log reaches back to it.</param>
/// <param name="Since">Everything up to here has been answered.</param>
/// <param name="Page">Within an answer of several pages.</param>
internal sealed record LogCursor(long Epoch, DateTimeOffset At, Moment Since, LogPage? Page = null)
{
    private const string Format = "1";
    private const int LongestText = 64 * 1024;

    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Format}|{Epoch}|{At.ToUnixTimeSeconds()}|{Since}");
        if (Page is { } page)
            text.Append(CultureInfo.InvariantCulture, $"|{page.Until}|{(page.IsStates ? 's' : 'c')}|{page.Channel.Kind}|{page.Channel.Id}|{page.Version}");
        return Base64Url.EncodeToString(Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else.</summary>
    public static LogCursor? Parse(string text)
    {
        if (text.Length > LongestText || !Base64Url.IsValid(text))
            return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('|');
        if (parts is not ([Format, _, _, _] or [Format, _, _, _, _, _, _, _, _]) || !TryRead(parts[1], out var epoch)
            || !TryRead(parts[2], out var at) || at > DateTimeOffset.MaxValue.ToUnixTimeSeconds() || !Moment.TryParse(parts[3], out var since))
            return null;
        var cursor = new LogCursor(epoch, DateTimeOffset.FromUnixTimeSeconds(at), since);
        if (parts.Length == 4)
            return cursor;
        return Moment.TryParse(parts[4], out var until) && parts[5] is "s" or "c" && TryRead(parts[6], out var kind) && kind <= short.MaxValue
            && Guid.TryParseExact(parts[7], "D", out var id) && TryRead(parts[8], out var version)
            ? cursor with { Page = new LogPage(until, parts[5] is "s", new ChannelId((short)kind, id), version) }
            : null;
    }

    private static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>How far an answer of several pages has come.</summary>
/// <param name="Until">The moment that the whole answer leads to.</param>
/// <param name="IsStates">Changes come first, then the states of what cannot be told by changes.</param>
/// <param name="Channel">The last one that was answered.</param>
/// <param name="Version">Up to this version of it.</param>
internal sealed record LogPage(Moment Until, bool IsStates, ChannelId Channel, long Version);
