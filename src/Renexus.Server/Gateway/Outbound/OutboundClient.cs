using System.Net;
using System.Net.Http.Headers;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Outbound;

/// <summary>
/// The one client for URLs that users give: webhooks, previews, servers that they name (SE-5, SEC-SSRF-01 to -07). It follows no
/// redirect, keeps no cookies, reads no proxy variable, and everything about it is bounded: ports, time, headers, the body after decompression.
/// </summary>
internal sealed partial class OutboundClient : IDisposable
{
    private const int MaxRequestHeaders = 20;
    private const int MaxResponseHeadersKilobytes = 16;
    private const int ReadBytes = 16 * 1024;

    // Nothing of ours goes along: neither what browsers keep for a site nor what proxies are shown.
    private static readonly string[] ForbiddenHeaders = ["Cookie", "Host", "Proxy-Authorization", "Proxy-Connection", "Forwarded", "X-Forwarded-For"];

    private readonly OutboundUrls urls;
    private readonly RenexusOptions options;
    private readonly TimeProvider clock;
    private readonly HttpMessageInvoker http;

    public OutboundClient(OutboundDialer dialer, OutboundUrls urls, RenexusOptions options, TimeProvider clock, ILogger<OutboundClient> logger)
    {
        (this.urls, this.options, this.clock) = (urls, options, clock);
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = dialer.ConnectAsync,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            Credentials = null,
            PreAuthenticate = false,
            // Our trace and baggage are nobody else's business.
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.All,
            MaxResponseHeadersLength = MaxResponseHeadersKilobytes,
            // An answer that was cut off is not read to its end to save its connection.
            MaxResponseDrainSize = 0,
            MaxConnectionsPerServer = options.Outbound.ConnectionsPerServer,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the dialer's, so that TLS is within the whole
        });
        if (options.Webhooks.AllowPrivateAddresses)
            PrivateAllowed(logger);
        else if (options.Webhooks is { AllowHosts.Count: 0, AllowNetworks.Count: 0 })
            PublicOnly(logger);
        else
            SomeAllowed(logger, string.Join(", ", options.Webhooks.AllowHosts.Concat(options.Webhooks.AllowNetworks)));
    }

    /// <summary>Sends it and reads the whole answer; any status is an answer, a redirect too.</summary>
    /// <param name="timeout">All of it; <c>Renexus:Outbound:Timeout</c> when null, and never longer.</param>
    /// <param name="bodyBytes">Of the answer, decompressed; <c>Renexus:Outbound:BodyBytes</c> when null, and never more.</param>
    /// <param name="isCut">Takes the beginning of an answer that is larger; otherwise it is refused.</param>
    /// <exception cref="OutboundException">There was no answer, or too much of it.</exception>
    public async Task<OutboundAnswer> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken, TimeSpan? timeout = null, long? bodyBytes = null, bool isCut = false)
    {
        RefuseHeaders(request);
        if (request.RequestUri is null || urls.Parse(request.RequestUri.OriginalString) is not { } url)
            throw new OutboundException(OutboundFailure.ForbiddenAddress);

        request.RequestUri = url;
        var limits = options.Outbound;
        using var patience = new CancellationTokenSource(Least(timeout, limits.Timeout), clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var response = await http.SendAsync(request, stop.Token);
            var body = await ReadAsync(response.Content, Math.Min(bodyBytes ?? long.MaxValue, limits.BodyBytes), isCut, stop.Token);
            return new OutboundAnswer(response.StatusCode, response.Headers, response.Content.Headers, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundException(OutboundFailure.NoAnswer, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or HttpProtocolException)
        {
            throw e.InnerException as OutboundException ?? new OutboundException(OutboundFailure.NoAnswer, e);
        }
    }

    public void Dispose() => http.Dispose();

    private static async Task<byte[]> ReadAsync(HttpContent content, long limit, bool isCut, CancellationToken cancellationToken)
    {
        // What a length claims is not believed, but one that admits too much is.
        if (content.Headers.ContentLength > limit && !isCut)
            throw new OutboundException(OutboundFailure.TooLarge);

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[ReadBytes];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (body.Length + read > limit && !isCut)
                throw new OutboundException(OutboundFailure.TooLarge);
            body.Write(buffer, 0, (int)Math.Min(read, limit - body.Length));
            if (body.Length == limit && isCut)
                break;
        }

        return body.ToArray();
    }

    private static void RefuseHeaders(HttpRequestMessage request)
    {
        var names = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()).Select(h => h.Key).ToArray();
        if (names.Length > MaxRequestHeaders)
            throw new ArgumentException($"A request to a user's address has at most {MaxRequestHeaders} headers.", nameof(request));
        if (Array.Find(names, n => ForbiddenHeaders.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } forbidden)
            throw new ArgumentException($"The header {forbidden} does not go to a user's address.", nameof(request));
    }

    private static TimeSpan Least(TimeSpan? wanted, TimeSpan most) => wanted < most ? wanted.Value : most;

    [LoggerMessage(1723, LogLevel.Information, "Addresses given by users: public ones only; proxy variables of the environment are not used")]
    private static partial void PublicOnly(ILogger logger);

    [LoggerMessage(1724, LogLevel.Warning,
        "Addresses given by users may lead to this machine and its networks, over http and any port: Renexus:Webhooks:AllowPrivateAddresses is on")]
    private static partial void PrivateAllowed(ILogger logger);

    [LoggerMessage(1725, LogLevel.Information, "Addresses given by users: public ones, and of those inside what the operator allows: {Allowed}")]
    private static partial void SomeAllowed(ILogger logger, string allowed);
}

/// <summary>What came back from a user's URL; all of it is foreign and proves nothing.</summary>
internal sealed record OutboundAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, ReadOnlyMemory<byte> Body);
