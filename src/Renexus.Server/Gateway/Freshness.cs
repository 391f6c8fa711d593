using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Renexus.Server.Gateway;

/// <summary>
/// Who asks for something and says which version he holds (<c>If-None-Match</c>) gets 304 and no body when that is still the current one
/// (GW-6). Holds for every operation that gives its answer a version.
/// </summary>
internal static class Freshness
{
    public static Task AnswerAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Headers.IfNoneMatch is { Count: > 0 } held && HttpMethods.IsGet(context.Request.Method) ? AnswerAsync(context, next, held) : next(context);

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, StringValues held)
    {
        var prior = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var unsent = new UnlessHeld(context.Response, prior.Stream, held);
        var body = new StreamResponseBodyFeature(unsent, prior);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(context);
            await body.CompleteAsync();
        }
        finally
        {
            context.Features.Set(prior);
        }
    }

    /// <summary>An answer's body that goes nowhere when the client has it already. The headers are complete at the first byte.</summary>
    private sealed class UnlessHeld(HttpResponse response, Stream inner, StringValues held) : Stream
    {
        private bool? isHeld;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            buffer.Length == 0 || IsHeld() ? ValueTask.CompletedTask : inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            isHeld is false ? inner.FlushAsync(cancellationToken) : Task.CompletedTask;

        public override void Flush() => throw new NotSupportedException("Write asynchronously.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private bool IsHeld()
        {
            if (isHeld is { } known)
                return known;
            isHeld = !response.HasStarted && response.StatusCode == StatusCodes.Status200OK && response.Headers.ETag is [{ } tag] && Holds(tag);
            if (isHeld is true)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentLength = null;
                response.ContentType = null;
            }

            return isHeld.Value;
        }

        // Compared without regard to weakness: an answer that was compressed says W/"7" of the same version.
        private bool Holds(string tag) => held.ToString().Split(',', StringSplitOptions.TrimEntries)
            .Any(one => one is "*" || string.Equals(Strong(one), Strong(tag), StringComparison.Ordinal));

        private static string Strong(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
    }
}
