using System.Globalization;
using System.Text;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>What a try came to.</summary>
/// <param name="Status">Null: no answer.</param>
/// <param name="Response">The beginning of the answer's body, as text.</param>
/// <param name="Asked">How long the endpoint wants to be left alone.</param>
internal sealed record DeliveryAnswer(int? Status, string? Error, string? Response, TimeSpan? Asked)
{
    /// <summary>As much of an answer as is kept.</summary>
    public const int ResponseBytes = 4 * 1024;

    public bool IsDelivered => Status is >= 200 and < 300;

    /// <summary>It will never want anything again (410).</summary>
    public bool IsGone => Status == 410;

    /// <summary>The endpoint does not work, whatever it is sent; otherwise it is this delivery that it does not take.</summary>
    public bool IsOfEndpoint => Status is null or 408 or 429 or >= 500;

    public static DeliveryAnswer Of(OutboundAnswer answer, DateTimeOffset now) =>
        new((int)answer.Status, null, Text(answer.Body.Span), answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > now ? date - now : null,
            _ => null,
        });

    public static DeliveryAnswer Of(OutboundException failure) => new(null, failure.Message, null, null);

    // PostgreSQL keeps no zero character, and nobody is helped by what cannot be shown.
    private static string? Text(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return null;
        var text = new StringBuilder(Encoding.UTF8.GetString(body));
        for (var i = 0; i < text.Length; i++)
        {
            if (char.GetUnicodeCategory(text[i]) is UnicodeCategory.Control && text[i] is not ('\n' or '\r' or '\t'))
                text[i] = '\uFFFD';
        }
        return text.ToString();
    }
}
