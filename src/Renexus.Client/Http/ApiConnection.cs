using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Renexus.Contracts;

namespace Renexus.Client.Http;

/// <summary>What every call has in common: the token, JSON both ways, one exception for all refusals.</summary>
internal sealed class ApiConnection
{
    private readonly HttpClient http;

    public ApiConnection(HttpClient http, TimeProvider time)
    {
        this.http = http;
        LogIn = new LogIn(time, (refreshToken, cancellationToken) => SendAsync(
            HttpMethod.Post,
            "api/auth/refresh",
            JsonContent.Create(new RefreshRequest { RefreshToken = refreshToken }, ContractsJson.Lenient.RefreshRequest),
            ContractsJson.Lenient.RenewedTokens,
            cancellationToken,
            anonymous: true));
    }

    public LogIn LogIn { get; }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> form, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, form, cancellationToken);

    public Task<TAnswer> SendAsync<T, TAnswer>(
        HttpMethod method, string path, T body, JsonTypeInfo<T> bodyForm, JsonTypeInfo<TAnswer> form, CancellationToken cancellationToken,
        long? ifMatch = null, bool anonymous = false) =>
        SendAsync(method, path, JsonContent.Create(body, bodyForm), form, cancellationToken, ifMatch, anonymous);

    /// <summary>A call that says everything by its address.</summary>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> form, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, null, form, cancellationToken);

    /// <summary>A call without an answer.</summary>
    public async Task SendAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, long? ifMatch = null)
    {
        using var response = await SendAsync(method, path, body, ifMatch, anonymous: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Bytes to an address that holds its own permission, with the headers that were named for it.</summary>
    public async Task SendBytesAsync(
        HttpMethod method, string address, IReadOnlyDictionary<string, string> headers, HttpContent body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                body.Headers.TryAddWithoutValidation(name, value);
        }
        var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
        response.Dispose();
    }

    /// <summary>A call whose answer is a file.</summary>
    public async Task DownloadAsync(string path, Stream target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, anonymous: false, cancellationToken, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        await response.Content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A creation that may also be answered with 202 and nothing to show yet: then null.</summary>
    public async Task<TAnswer?> SendForCreatedAsync<T, TAnswer>(
        string path, T body, JsonTypeInfo<T> bodyForm, JsonTypeInfo<TAnswer> form, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var response = await SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyForm), null, false, cancellationToken)
            .ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Accepted
            ? null
            : await response.Content.ReadFromJsonAsync(form, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Page after page, for as long as it is read.</summary>
    public async IAsyncEnumerable<T> GetAllAsync<T>(
        string path, JsonTypeInfo<Page<T>> form, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await GetAsync(Query(path, ("cursor", cursor)), form, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
                yield return item;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>A path with those parameters that have a value.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            if (value is null)
                continue;
            path += $"{separator}{name}={Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture)!)}";
            separator = '&';
        }

        return path;
    }

    /// <summary>A call with any body. It is sent again where a token has run out, so a stream must be one that can be wound back.</summary>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> form, CancellationToken cancellationToken,
        long? ifMatch = null, bool anonymous = false)
    {
        using var response = await SendAsync(method, path, body, ifMatch, anonymous, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync(form, cancellationToken).ConfigureAwait(false)
            ?? throw new JsonException($"{method} {path} was answered with null.");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, long? ifMatch, bool anonymous, CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var content = body;
        string? stale = null;
        while (true)
        {
            var token = anonymous ? null : await LogIn.GetAsync(stale, cancellationToken).ConfigureAwait(false);
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (ifMatch is { } version)
                request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));

            var response = await http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return response;

            var problem = await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
            // The server's clock was ahead of ours: once more with a new token.
            if (problem.Code != ProblemCodes.TokenExpired || token is null || stale is not null)
                throw problem;
            stale = token;
            // The content belongs to this method, not to the request that is done with.
            request.Content = null;
        }
    }

    private static async Task<ProblemException> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var answer = response;
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            problem = await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.Problem, cancellationToken).ConfigureAwait(false);

        return new ProblemException(problem ?? Foreign(response), response.Headers.RetryAfter?.Delta);
    }

    // An answer by something in between, such as a proxy that finds no server.
    private static Problem Foreign(HttpResponseMessage response)
    {
        var code = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ProblemCodes.Unauthenticated,
            HttpStatusCode.Forbidden => ProblemCodes.Forbidden,
            HttpStatusCode.NotFound => ProblemCodes.NotFound,
            HttpStatusCode.RequestEntityTooLarge => ProblemCodes.PayloadTooLarge,
            HttpStatusCode.TooManyRequests => ProblemCodes.RateLimited,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ProblemCodes.Unavailable,
            _ => ProblemCodes.Internal,
        };
        var title = response.ReasonPhrase ?? $"HTTP {(int)response.StatusCode}";
        return new Problem("about:blank", title, (int)response.StatusCode, null, code, null);
    }
}
