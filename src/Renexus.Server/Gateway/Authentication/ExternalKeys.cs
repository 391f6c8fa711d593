using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// The keys of one identity provider, fetched when needed and kept (AU-8). One fetch at a time, and never more often than the pause allows,
/// whatever tokens strangers present. When the provider cannot be reached its last keys serve on, up to a limit.
/// </summary>
internal sealed partial class ExternalKeys(ExternalIssuer issuer, ExternalHttp http, IdentityOptions options, TimeProvider clock, ILogger logger)
{
    // A provider that was away is asked again sooner than one that has just answered.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private volatile KeySet known = KeySet.None;
    private Task? fetching;
    private DateTimeOffset nextFetch = DateTimeOffset.MinValue;
    private bool isFailing;

    /// <summary>There are keys, and they are not older than the limit.</summary>
    public bool IsUsable => known.Keys.Count > 0 && clock.GetUtcNow() - known.FetchedAt < options.KeysKeptFor;

    /// <summary>It is time to look for new ones; those at hand still serve.</summary>
    public bool IsStale => clock.GetUtcNow() - known.FetchedAt >= options.KeysMaxAge;

    /// <summary>The key of this id; without one, the only key there is.</summary>
    public JwtKey? Find(string? keyId)
    {
        var keys = known.Keys;
        return keyId is not null ? keys.GetValueOrDefault(keyId) : keys.Count == 1 ? keys.Values[0] : null;
    }

    /// <summary>Asks the provider again, unless it has just been asked; joins whoever is asking already.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (TryBegin(out var fetch))
            await fetch.WaitAsync(cancellationToken);
    }

    /// <summary>The same without waiting.</summary>
    public void BeginRefresh() => TryBegin(out _);

    private bool TryBegin([NotNullWhen(true)] out Task? fetch)
    {
        lock (gate)
        {
            if (fetching is not { IsCompleted: false })
                fetching = clock.GetUtcNow() < nextFetch ? null : Task.Run(FetchAsync); // not the caller's: others wait for it too
            fetch = fetching;
            return fetch is not null;
        }
    }

    private async Task FetchAsync()
    {
        var succeeded = false;
        try
        {
            var keys = JsonWebKeys.Read(await http.GetAsync(await FindAddressAsync(), options.KeysTimeout), isRs256Only: issuer.IsClerk);
            // An empty set is a mistake of somebody's, not the order to let nobody in.
            if (keys.Count == 0)
                throw new JsonException("No key of the set can be used: RS256, PS256 and ES256 are.");
            known = new KeySet(keys, clock.GetUtcNow());
            succeeded = true;
            if (isFailing)
                Recovered(logger, issuer.Issuer);
            isFailing = false;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or InvalidOperationException or UriFormatException)
        {
            // Said once for each outage.
            if (!isFailing)
                Failed(logger, e, issuer.Issuer);
            isFailing = true;
        }
        finally
        {
            lock (gate)
                nextFetch = clock.GetUtcNow() + (succeeded || options.KeysPause < PauseAfterFailure ? options.KeysPause : PauseAfterFailure);
        }
    }

    private async Task<Uri> FindAddressAsync()
    {
        if (issuer.IsClerk)
            return issuer.MetadataAddress;

        using var document = JsonDocument.Parse(await http.GetAsync(issuer.MetadataAddress, options.KeysTimeout), new JsonDocumentOptions { MaxDepth = 16 });
        var metadata = document.RootElement;
        // Somebody else's document would bring somebody else's keys (OpenID Connect Discovery, 4.3).
        if (metadata.GetProperty("issuer").GetString() != issuer.Issuer)
            throw new JsonException("The discovery document belongs to another issuer.");

        var keys = new Uri(metadata.GetProperty("jwks_uri").GetString() ?? throw new JsonException("The discovery document names no keys."));
        return keys.Scheme == Uri.UriSchemeHttps || keys.Scheme == issuer.MetadataAddress.Scheme
            ? keys
            : throw new JsonException("The keys of an issuer on https are on https.");
    }

    private sealed record KeySet(FrozenDictionary<string, JwtKey> Keys, DateTimeOffset FetchedAt)
    {
        public static readonly KeySet None = new(FrozenDictionary<string, JwtKey>.Empty, DateTimeOffset.MinValue);
    }

    [LoggerMessage(1731, LogLevel.Warning, "The keys of {Issuer} could not be fetched; the last ones serve on for a while")]
    private static partial void Failed(ILogger logger, Exception exception, string issuer);

    [LoggerMessage(1732, LogLevel.Information, "The keys of {Issuer} are there again")]
    private static partial void Recovered(ILogger logger, string issuer);
}

/// <summary>
/// Fetches what identity providers publish. Their addresses are the operator's, so private networks and a proxy of the environment are right
/// here; redirects are not: keys come from where they were said to be.
/// </summary>
internal sealed class ExternalHttp : IDisposable
{
    private const int MaxBytes = 512 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        MaxResponseContentBufferSize = MaxBytes,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "Accept", "application/json" } },
    };

    public async Task<byte[]> GetAsync(Uri address, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        using var response = await http.GetAsync(address, patience.Token);
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            throw new HttpRequestException($"{address} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsByteArrayAsync(patience.Token);
    }

    /// <summary>Asks with a token that the provider gave us.</summary>
    public async Task<byte[]> GetAsync(Uri address, string accessToken, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = new("Bearer", accessToken) } };
        using var response = await http.SendAsync(request, patience.Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(patience.Token);
    }

    /// <summary>Sends a form; what came of it is in the answer, refusals too.</summary>
    public async Task<(System.Net.HttpStatusCode Status, byte[] Body)> PostAsync(
        Uri address, IEnumerable<KeyValuePair<string, string>> form, System.Net.Http.Headers.AuthenticationHeaderValue? authorization, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form), Headers = { Authorization = authorization } };
        using var response = await http.SendAsync(request, patience.Token);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(patience.Token));
    }

    public void Dispose() => http.Dispose();
}
