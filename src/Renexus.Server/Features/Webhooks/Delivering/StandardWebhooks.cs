using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Renexus.Server.Features.Webhooks.Delivering;

/// <summary>
/// An event as a request by Standard Webhooks 1.0 (<see href="https://www.standardwebhooks.com"/>): signed anew for each try over id, time of the try and the exact
/// bytes, with every secret that is good at the time. Asymmetric signatures (v1a) would need Ed25519, which .NET does not have.
/// </summary>
internal static class StandardWebhooks
{
    public const string Id = "webhook-id";
    public const string Timestamp = "webhook-timestamp";
    public const string Signature = "webhook-signature";

    private static readonly ProductInfoHeaderValue Agent = new("Renexus-Webhooks", "1.0");

    /// <summary>The same over all tries, so that a receiver knows what it has had.</summary>
    public static string IdOf(Guid eventId) => $"evt_{eventId:N}";

    public static HttpRequestMessage Request(string url, Guid eventId, string body, IReadOnlyList<byte[]> keys, DateTimeOffset at)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var (id, seconds) = (IdOf(eventId), at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Add(Id, id);
        request.Headers.Add(Timestamp, seconds);
        request.Headers.Add(Signature, string.Join(' ', keys.Select(key => Sign(key, id, seconds, bytes))));
        return request;
    }

    public static string Sign(byte[] key, string id, string seconds, ReadOnlySpan<byte> body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body]));
}
