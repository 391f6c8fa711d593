using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Renexus.Contracts;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Idempotency;

namespace Renexus.Server.Gateway.Batches;

/// <summary>
/// Carries out the requests of a batch (GW-8), one after the other, each through the whole pipeline as if it had come alone: with its own
/// status, headers, limits, idempotency key and authorization. What says who asks, and from where, is the batch's.
/// </summary>
internal sealed class Batches(IServiceScopeFactory scopes, RenexusOptions options)
{
    /// <summary>What all answers together may hold; whoever wants more asks for it alone.</summary>
    private const int MostAnswerBytes = 8 * 1024 * 1024;

    // Who asks, from where, and how the connection is used: the batch's to say.
    private static readonly HashSet<string> Inherited = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Cookie", "Host", "Origin", "Sec-Fetch-Site", "User-Agent", "X-Renexus-Client", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
        "Connection", "Upgrade", "Content-Length", "Content-Type", "Transfer-Encoding", "Accept-Encoding", "Forwarded",
    };

    // Of the batch itself these are passed on.
    private static readonly string[] PassedOn = ["Authorization", "Host", "Origin", "Sec-Fetch-Site", "User-Agent"];

    private static readonly HashSet<string> Untold = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Length", "Set-Cookie", "Date", "Server", "Transfer-Encoding",
    };

    private RequestDelegate? pipeline;

    /// <summary>Keeps what comes after, to send the parts through it.</summary>
    public RequestDelegate Remember(RequestDelegate next) => pipeline = next;

    /// <summary>How many requests a batch may hold.</summary>
    public int MaxSize => options.Batch.MaxBatchSize;

    public async Task<BatchResponses> RunAsync(BatchRequest batch, HttpContext outer, IdempotencyKey? key)
    {
        var responses = new List<BatchResponse>();
        var bytes = 0L;
        foreach (var item in batch.Requests!)
        {
            outer.RequestAborted.ThrowIfCancellationRequested();
            if (bytes > MostAnswerBytes)
            {
                responses.Add(Of(item, new CodedProblem(ProblemCode.PayloadTooLarge, $"The answers before it are over {MostAnswerBytes} bytes; ask for this one in another batch.")));
                continue;
            }
            var (response, size) = await RunAsync(item, outer, key);
            responses.Add(response);
            bytes += size;
        }
        return new BatchResponses(responses);
    }

    private async Task<(BatchResponse Response, long Bytes)> RunAsync(BatchItemRequest item, HttpContext outer, IdempotencyKey? key)
    {
        var (path, query) = item.Path!.Split('?', 2) is [var before, var after] ? (before, "?" + after) : (item.Path!, "");
        if (!path.StartsWith("/api/", StringComparison.Ordinal) || !PathString.FromUriComponent(path).HasValue)
            return (Of(item, Problems.Invalid("path", "A batch asks for paths that begin with /api/.")), 0);
        using var body = new MemoryStream();
        await using var scope = scopes.CreateAsyncScope();
        var context = ContextOf(item, path, query, outer, key, body, scope.ServiceProvider);
        try
        {
            await pipeline!(context);
            await context.Response.CompleteAsync();
        }
        finally
        {
            // What a handler registered to be disposed of with its request.
            await context.Features.GetRequiredFeature<BatchedRequest>().CompleteAsync();
        }
        return (new BatchResponse(item.Id!, context.Response.StatusCode, HeadersOf(context.Response), BodyOf(context.Response, body)), body.Length);
    }

    private static DefaultHttpContext ContextOf(
        BatchItemRequest item, string path, string query, HttpContext outer, IdempotencyKey? key, MemoryStream body, IServiceProvider services)
    {
        var features = new FeatureCollection();
        var marker = new BatchedRequest();
        features.Set(marker);
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = item.Method!,
            Path = PathString.FromUriComponent(path).Value!,
            QueryString = query,
            RawTarget = item.Path!,
            Protocol = outer.Request.Protocol,
            Scheme = outer.Request.Scheme,
        });
        features.Set<IHttpResponseFeature>(marker);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        features.Set(outer.Features.Get<IHttpConnectionFeature>());
        features.Set(outer.Features.Get<IHttpRequestLifetimeFeature>());
        features.Set<IHttpAuthenticationFeature>(new HttpAuthenticationFeature());
        features.Set<IServiceProvidersFeature>(new OfScope { RequestServices = services });
        var context = new DefaultHttpContext(features);

        var headers = context.Request.Headers;
        foreach (var name in PassedOn)
        {
            if (outer.Request.Headers.TryGetValue(name, out var value))
                headers[name] = value;
        }
        foreach (var (name, value) in item.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (!Inherited.Contains(name))
                headers[name] = value;
        }
        // A batch that is repeated under its key repeats each part under a key of its own.
        if (key is not null && headers[IdempotencyKey.Header].Count == 0)
            headers[IdempotencyKey.Header] = key.For(item.Id!).Value;
        if (item.Body is { } json)
        {
            var bytes = Encoding.UTF8.GetBytes(json.GetRawText());
            context.Request.Body = new MemoryStream(bytes);
            context.Request.ContentLength = bytes.Length;
            context.Request.ContentType = "application/json";
            features.Set<IHttpRequestBodyDetectionFeature>(marker);
            marker.CanHaveBody = true;
        }
        return context;
    }

    private static Dictionary<string, string> HeadersOf(HttpResponse response) => response.Headers
        .Where(header => !Untold.Contains(header.Key))
        .ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal);

    private static JsonElement? BodyOf(HttpResponse response, MemoryStream body)
    {
        if (body.Length == 0)
            return null;
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        return response.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) is true && !response.ContentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase)
            ? JsonElement.Parse(bytes)
            : JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(bytes));
    }

    private static BatchResponse Of(BatchItemRequest item, CodedProblem problem) =>
        new(item.Id!, problem.Status!.Value, Headers: null, JsonSerializer.SerializeToElement(ProblemWriter.ToContract(problem, traceId: null), Json.Options));

    private sealed class OfScope : IServiceProvidersFeature
    {
        public required IServiceProvider RequestServices { get; set; }
    }
}

/// <summary>Marks a request that is part of a batch, and holds what the server's own transport would: the answer's head, and what is to be done at its end.</summary>
internal sealed class BatchedRequest : HttpResponseFeature, IHttpRequestBodyDetectionFeature
{
    private readonly Stack<(Func<object, Task> Callback, object State)> completed = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> starting = new();

    public bool CanHaveBody { get; set; }

    public override void OnCompleted(Func<object, Task> callback, object state) => completed.Push((callback, state));

    public override void OnStarting(Func<object, Task> callback, object state) => starting.Push((callback, state));

    public async Task CompleteAsync()
    {
        while (starting.TryPop(out var item))
            await item.Callback(item.State);
        while (completed.TryPop(out var item))
            await item.Callback(item.State);
    }
}

/// <summary>The operation is for itself: a stream, a wait, a log-in that sets cookies, a batch.</summary>
internal sealed record NotInBatch
{
    /// <summary>Refuses such an operation inside of a batch.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<BatchedRequest>() is not null && context.GetEndpoint()?.Metadata.GetMetadata<NotInBatch>() is not null
            ? ProblemWriter.WriteAsync(context, Problems.Invalid("path", "This cannot be part of a batch; ask for it alone.")).AsTask()
            : next(context);
}
