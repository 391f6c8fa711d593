using System.Buffers;

namespace Renexus.Server.Features.Content;

/// <summary>
/// For whoever writes a few bytes now and then without waiting, as an archive does when an entry ends: an answer takes nothing in that way, so they are kept until the next
/// write that waits, or the end.
/// </summary>
internal sealed class DeferringStream(Stream target) : Stream
{
    private readonly ArrayBufferWriter<byte> deferred = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => deferred.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => deferred.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await WriteDeferredAsync(cancellationToken);
        await target.WriteAsync(buffer, cancellationToken);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await WriteDeferredAsync(cancellationToken);
        await target.FlushAsync(cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task WriteDeferredAsync(CancellationToken cancellationToken)
    {
        if (deferred.WrittenCount == 0)
            return;
        await target.WriteAsync(deferred.WrittenMemory, cancellationToken);
        deferred.ResetWrittenCount();
    }
}
