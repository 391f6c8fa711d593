using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway;

/// <summary>
/// Answers over 10 KB travel compressed, smaller ones do not (GW-10). The framework's middleware decides by type alone, before the size is
/// known; this one holds an answer back until it is over the limit or complete.
/// </summary>
internal sealed class Compression(RenexusOptions options)
{
    private readonly int threshold = options.Limits.CompressAboveBytes;

    public Task CompressAsync(HttpContext context, RequestDelegate next) =>
        ContentCoding.Of(context.Request.Headers.AcceptEncoding) is { } coding && context.Request.Headers.Upgrade.Count == 0
            ? CompressAsync(context, next, coding)
            : next(context);

    private async Task CompressAsync(HttpContext context, RequestDelegate next, ContentCoding coding)
    {
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var body = new CompressedBody(context.Response, original, coding, threshold);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(context);
            await body.CompleteAsync();
        }
        finally
        {
            context.Features.Set(original);
        }
    }
}

/// <summary>A content coding that we produce, and how.</summary>
internal sealed record ContentCoding(StringValues Name, Func<Stream, Stream> Open)
{
    // Fast levels: better ones take longer than the bytes they save on any network of today.
    private static readonly ContentCoding Brotli = new("br", s => new BrotliStream(s, CompressionLevel.Fastest, leaveOpen: true));
    private static readonly ContentCoding Gzip = new("gzip", s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private static readonly string[] Text = ["application/json", "application/problem+json", "application/javascript", "application/manifest+json", "image/svg+xml"];

    /// <summary>The best one that the client takes; null when it takes none.</summary>
    public static ContentCoding? Of(StringValues accepted) =>
        accepted.Count == 0 ? null
        : Accepts(accepted, "br") ? Brotli
        : Accepts(accepted, "gzip") ? Gzip
        : null;

    /// <summary>Pictures and the like are compressed already.</summary>
    public static bool Suits(string? contentType) =>
        contentType is not null && !contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
        && (contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || Text.Any(t => contentType.StartsWith(t, StringComparison.OrdinalIgnoreCase)));

    private static bool Accepts(StringValues accepted, string coding)
    {
        foreach (var item in accepted.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = item.Split(';', StringSplitOptions.TrimEntries);
            if (string.Equals(parts[0], coding, StringComparison.OrdinalIgnoreCase))
                return !parts.Skip(1).Any(p => p is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
        }

        return false;
    }
}

/// <summary>An answer's body that is held back until its size decides how it travels.</summary>
internal sealed class CompressedBody(HttpResponse response, IHttpResponseBodyFeature inner, ContentCoding coding, int threshold)
    : Stream, IHttpResponseBodyFeature
{
    private byte[]? held;
    private int heldBytes;
    private Stream? target;
    private PipeWriter? writer;
    private bool isCompressing;
    private bool isDisabled;

    public override bool CanRead => false;

    // While nothing has left, a failure may still take its place (HttpResponse.Clear).
    public override bool CanSeek => target is null;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    Stream IHttpResponseBodyFeature.Stream => this;

    PipeWriter IHttpResponseBodyFeature.Writer => writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    void IHttpResponseBodyFeature.DisableBuffering()
    {
        isDisabled = true;
        inner.DisableBuffering();
    }

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        SendFileFallback.SendFileAsync(this, path, offset, count, cancellationToken);

    /// <summary>The answer is complete: what is still held back was small.</summary>
    public async Task CompleteAsync()
    {
        var cancellationToken = response.HttpContext.RequestAborted;
        if (writer is not null)
            await writer.FlushAsync(cancellationToken);
        if (target is null && heldBytes > 0)
        {
            if (!response.HasStarted && response.ContentLength is null)
                response.ContentLength = heldBytes;
            await inner.Writer.WriteAsync(held.AsMemory(0, heldBytes), cancellationToken);
        }

        if (isCompressing)
            await target!.DisposeAsync();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (target is null && !isDisabled && heldBytes + buffer.Length <= threshold)
        {
            held ??= ArrayPool<byte>.Shared.Rent(threshold);
            buffer.CopyTo(held.AsMemory(heldBytes));
            heldBytes += buffer.Length;
            return;
        }

        await ReleaseAsync(compress: !isDisabled, cancellationToken);
        await target!.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        // The serializer flushes as it goes and gains nothing by it; a stream of events must get out.
        if (target is null && ContentCoding.Suits(response.ContentType) && !isDisabled)
            return;

        await ReleaseAsync(compress: false, cancellationToken);
        await target!.FlushAsync(cancellationToken);
        await inner.Stream.FlushAsync(cancellationToken);
    }

    Task IHttpResponseBodyFeature.CompleteAsync() => CompleteAsync();

    public override void Flush() => throw new NotSupportedException("Write asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value)
    {
        if (value != 0 || target is not null)
            throw new NotSupportedException();

        heldBytes = 0;
        writer = null;
    }

    public override async ValueTask DisposeAsync()
    {
        if (held is not null)
            ArrayPool<byte>.Shared.Return(held);
        held = null;
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
    }

    private async Task ReleaseAsync(bool compress, CancellationToken cancellationToken)
    {
        if (target is not null)
            return;

        var headers = response.Headers;
        isCompressing = compress && !response.HasStarted && headers.ContentEncoding.Count == 0 && headers.ContentRange.Count == 0
            && ContentCoding.Suits(response.ContentType);
        if (isCompressing)
        {
            headers.ContentEncoding = coding.Name;
            headers.ContentLength = null;
            headers.Vary = StringValues.Concat(headers.Vary, "Accept-Encoding");
            // The bytes differ from those the tag was made for.
            if (headers.ETag is [{ } tag] && !tag.StartsWith("W/", StringComparison.Ordinal))
                headers.ETag = "W/" + tag;
        }

        target = isCompressing ? coding.Open(inner.Stream) : inner.Stream;
        if (heldBytes > 0)
            await target.WriteAsync(held.AsMemory(0, heldBytes), cancellationToken);
        heldBytes = 0;
    }
}
