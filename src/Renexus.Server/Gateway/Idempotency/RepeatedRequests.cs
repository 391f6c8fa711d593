using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway.Idempotency;

/// <summary>
/// A write that comes again with its <c>Idempotency-Key</c> is answered as the first time (GW-5). The key and the answer are written by the
/// transaction that does the work, so a killed server neither repeats nor forgets. Requests that were refused changed nothing and may be tried again.
/// </summary>
internal sealed class RepeatedRequests(RequestMemory memory, TimeProvider clock)
{
    // No request waits longer for another (PROTOCOL).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> underway = new(StringComparer.Ordinal);

    public Task AnswerOnceAsync(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        return isRead || context.GetEndpoint() is null || CarriesParts.Is(context) || IdempotencyKey.Of(context.Request) is not { } key ? next(context) : OnceAsync(context, key, next);
    }

    private async Task OnceAsync(HttpContext context, IdempotencyKey key, RequestDelegate next)
    {
        context.Features.Set(key);
        var request = await RepeatableRequest.OfAsync(context, key);
        using var turn = await TakeTurnAsync(request, context.RequestAborted);
        if (turn is null)
        {
            await RefuseBusyAsync(context);
            return;
        }
        if (await memory.FindAsync(request, context.RequestAborted) is { } known)
        {
            await AnswerAgainAsync(context, known);
            return;
        }
        try
        {
            await CarryOutAsync(context, request, next);
        }
        catch (ClaimRefusedException e)
        {
            // On another node, in the same moment.
            if (!e.IsBusy && await memory.FindAsync(request, context.RequestAborted) is { } winner)
                await AnswerAgainAsync(context, winner);
            else
                await RefuseBusyAsync(context);
        }
    }

    private async Task CarryOutAsync(HttpContext context, RepeatableRequest request, RequestDelegate next)
    {
        // Held back until it is stored: what was not committed must not have been answered.
        var original = context.Features.Get<IHttpResponseBodyFeature>()!;
        using var body = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body, original));
        try
        {
            await using var enlistment = memory.Enlist(request);
            await next(context);
            await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            await SettleAsync(context.Response, request, enlistment, body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        finally
        {
            context.Features.Set(original);
        }
        await original.Stream.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    private async Task SettleAsync(HttpResponse response, RepeatableRequest request, Enlistment enlistment, ReadOnlyMemory<byte> body)
    {
        var isDone = response.StatusCode is >= 200 and < 300;
        var answer = isDone && body.Length <= StoredAnswer.MaxBodyBytes ? StoredAnswer.Of(response, body).ToUtf8() : null;
        if (enlistment.IsHeld)
        {
            await (isDone ? memory.CompleteAsync(enlistment, request, answer) : RequestMemory.CompleteWithoutKeyAsync(enlistment, request));
            return;
        }
        // The work committed by itself, in a batch with others' or in several steps.
        await enlistment.DisposeAsync();
        if (isDone)
            await memory.KeepAsync(request, answer);
        else if (enlistment.IsCommitted)
            await memory.GiveUpAsync(request);
    }

    private static Task AnswerAgainAsync(HttpContext context, Known known) =>
        !known.IsSame ? RefuseAsync(context, new CodedProblem(ProblemCode.IdempotencyMismatch, "This Idempotency-Key was used for another request; make a new key for a new request."))
        : known.Answer is null ? RefuseAsync(context, new CodedProblem(ProblemCode.Conflict, "This request was carried out, but its answer was not kept; read what it made or changed."))
        : StoredAnswer.Parse(known.Answer).WriteAsync(context);

    private static Task RefuseBusyAsync(HttpContext context) => RefuseAsync(
        context, new CodedProblem(ProblemCode.Conflict, "The same request is being worked on; ask again in a moment.", retryAfter: TimeSpan.FromSeconds(1)));

    private static Task RefuseAsync(HttpContext context, CodedProblem problem) => ProblemWriter.WriteAsync(context, problem).AsTask();

    /// <summary>Two of the same on this node go one after the other; null when the first takes too long.</summary>
    private async Task<Turn?> TakeTurnAsync(RepeatableRequest request, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexString(request.Id);
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = clock.GetTimestamp();
        while (true)
        {
            var first = underway.GetOrAdd(id, mine);
            if (first == mine)
                return new Turn(this, id, mine);
            var left = Patience - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return null;
            try
            {
                await first.Task.WaitAsync(left, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    private sealed class Turn(RepeatedRequests requests, string id, TaskCompletionSource done) : IDisposable
    {
        public void Dispose()
        {
            requests.underway.TryRemove(id, out _);
            done.SetResult();
        }
    }
}
