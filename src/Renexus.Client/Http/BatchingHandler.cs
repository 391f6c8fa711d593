using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Renexus.Contracts;

namespace Renexus.Client.Http;

/// <summary>How calls are gathered (GW-8).</summary>
public sealed record BatchingOptions
{
    /// <summary>How long the first call waits for others.</summary>
    public TimeSpan WaitTime { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How many go together at most; the server takes 50 unless it is configured otherwise.</summary>
    public int MaxBatchSize { get; init; } = 50;

    /// <summary>How a batch that did not get through is tried again.</summary>
    public RetryStrategy RetryStrategy { get; init; } = RetryStrategy.Exponential;

    /// <summary>How often it is tried in all.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second attempt when they grow.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The clock for every wait.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>How to try again.</summary>
public enum RetryStrategy
{
    /// <summary>At once.</summary>
    Immediate,

    /// <summary>After a wait that doubles each time, or as long as the server asks for.</summary>
    Exponential,
}

/// <summary>
/// Gathers calls that are made within a short time and sends them as one batch; each gets its own answer. A batch that did not get through is
/// sent again: every write has an idempotency key, so that none is carried out twice.
/// </summary>
/// <param name="options">How.</param>
public sealed class BatchingHandler(BatchingOptions options) : DelegatingHandler
{
    private readonly BatchingOptions options = options;

    private static readonly string[] Alone = ["/api/auth", "/api/batch", "/api/events", "/api/poll", "/api/send", "/api/sync"];
    private static readonly string[] PassedOn = ["If-Match", "If-None-Match", "Idempotency-Key", "traceparent", "X-Correlation-Id"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, Gathering> gathering = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!Fits(request))
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var call = new Call(Item(request, body), request);
        var who = request.Headers.Authorization!.ToString();
        Gathering? full = null;
        lock (gate)
        {
            if (!gathering.TryGetValue(who, out var mine))
                gathering[who] = mine = new Gathering(this, who, request.RequestUri!);
            if (mine.Add(call) >= options.MaxBatchSize)
            {
                gathering.Remove(who);
                full = mine;
            }
        }

        full?.Send();
        return await call.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static bool Fits(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        return request.Headers.Authorization is not null && path.StartsWith("/api/", StringComparison.Ordinal)
            && !Alone.Any(alone => path.Equals(alone, StringComparison.Ordinal) || path.StartsWith(alone + "/", StringComparison.Ordinal))
            && (request.Content is null || request.Content.Headers.ContentType?.MediaType == "application/json");
    }

    private static BatchItemRequest Item(HttpRequestMessage request, byte[]? body)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in PassedOn)
        {
            if (request.Headers.TryGetValues(name, out var values))
                headers[name] = string.Join(", ", values);
        }

        if (request.Method != HttpMethod.Get)
            headers.TryAdd("Idempotency-Key", Guid.CreateVersion7().ToString());
        return new BatchItemRequest
        {
            Id = Guid.CreateVersion7().ToString(),
            Method = request.Method.Method,
            Path = request.RequestUri!.PathAndQuery,
            Headers = headers,
            Body = body is { Length: > 0 } ? JsonElement.Parse(body) : null,
        };
    }

    private async Task CarryOutAsync(string who, Uri address, IReadOnlyList<Call> calls)
    {
        try
        {
            var responses = await TryAsync(who, address, calls).ConfigureAwait(false);
            foreach (var call in calls)
            {
                if (responses.TryGetValue(call.Item.Id!, out var response))
                    call.Answer.TrySetResult(Message(response, call.Request));
                else
                    call.Answer.TrySetException(new HttpRequestException("The batch was answered without this call."));
            }
        }
        catch (Exception e)
        {
            foreach (var call in calls)
                call.Answer.TrySetException(e is HttpRequestException or ProblemException ? e : new HttpRequestException("The batch failed.", e));
        }
    }

    private async Task<Dictionary<string, BatchResponse>> TryAsync(string who, Uri address, IReadOnlyList<Call> calls)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/api/batch"));
                request.Headers.Authorization = AuthenticationHeaderValue.Parse(who);
                request.Content = JsonContent.Create(new BatchRequest { Requests = [.. calls.Select(call => call.Item)] }, ContractsJson.Lenient.BatchRequest);
                using var response = await base.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    var answer = await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.BatchResponses, CancellationToken.None).ConfigureAwait(false);
                    return answer!.Responses.ToDictionary(part => part.Id, StringComparer.Ordinal);
                }

                asked = response.Headers.RetryAfter?.Delta;
                if (!Passes(response.StatusCode) || attempt >= options.Attempts)
                    return await SameForAllAsync(response, calls).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < options.Attempts)
            {
                // Whether it arrived is not known, and does not matter: every write has its key.
            }

            if (options.RetryStrategy == RetryStrategy.Exponential)
                await Task.Delay(asked ?? (options.FirstDelay * Math.Pow(2, attempt - 1)), options.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool Passes(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>The batch as a whole was refused: so was each call.</summary>
    private static async Task<Dictionary<string, BatchResponse>> SameForAllAsync(HttpResponseMessage response, IReadOnlyList<Call> calls)
    {
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None).ConfigureAwait(false);
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (isProblem)
            headers["content-type"] = "application/problem+json";
        if (response.Headers.RetryAfter?.Delta is { } wait)
            headers["retry-after"] = wait.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var body = isProblem ? JsonElement.Parse(text) : (JsonElement?)null;
        return calls.ToDictionary(call => call.Item.Id!, call => new BatchResponse(call.Item.Id!, (int)response.StatusCode, headers, body), StringComparer.Ordinal);
    }

    private static HttpResponseMessage Message(BatchResponse response, HttpRequestMessage request)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.Status) { RequestMessage = request };
        var type = response.Headers?.GetValueOrDefault("content-type") ?? "application/json";
        if (response.Body is { } body)
        {
            var text = type.Contains("json", StringComparison.OrdinalIgnoreCase) ? body.GetRawText() : body.GetString() ?? "";
            message.Content = new StringContent(text, Encoding.UTF8);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in response.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private sealed record Call(BatchItemRequest Item, HttpRequestMessage Request)
    {
        public TaskCompletionSource<HttpResponseMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The calls of one log-in that wait for others. Its handler's lock guards it until it is sent.</summary>
    private sealed class Gathering
    {
        private readonly BatchingHandler handler;
        private readonly string who;
        private readonly Uri address;
        private readonly List<Call> calls = [];
        private readonly ITimer timer;

        public Gathering(BatchingHandler handler, string who, Uri address)
        {
            (this.handler, this.who, this.address) = (handler, who, address);
            timer = handler.options.TimeProvider.CreateTimer(static self => ((Gathering)self!).OnTime(), this, handler.options.WaitTime, Timeout.InfiniteTimeSpan);
        }

        public int Add(Call call)
        {
            calls.Add(call);
            return calls.Count;
        }

        /// <summary>Call once, when nobody can add any more.</summary>
        public void Send()
        {
            timer.Dispose();
            _ = handler.CarryOutAsync(who, address, calls);
        }

        private void OnTime()
        {
            lock (handler.gate)
            {
                if (handler.gathering.GetValueOrDefault(who) != this)
                    return;
                handler.gathering.Remove(who);
            }

            Send();
        }
    }
}
