using System.Buffers;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;

namespace Renexus.Server.Features.Exports;

/// <summary>An archive is kept in pieces of this size, the last one smaller, so that neither writing nor reading it takes memory.</summary>
internal static class Pieces
{
    public const int Size = 1024 * 1024;
}

/// <summary>Writes an archive piece by piece, each committed at once: what was written by a try that did not come to its end is removed later.</summary>
internal sealed class PieceWriter(Database database, Scope scope, Guid exportId, Guid workspaceId, Guid run, long maxBytes) : Stream
{
    private static readonly Command Insert = new("exports.insert_piece", """
        insert into exports.piece (export_id, workspace_id, run, number, data) values ($1, $2, $3, $4, $5)
        """);

    private readonly ArrayBufferWriter<byte> waiting = new(2 * Pieces.Size);
    private int written;

    /// <summary>How many bytes came so far.</summary>
    public long Bytes => ((long)written * Pieces.Size) + waiting.WrittenCount;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var part = Math.Min(buffer.Length, Pieces.Size);
            Write(buffer.Span[..part]);
            buffer = buffer[part..];
            while (waiting.WrittenCount >= Pieces.Size)
                await PutAsync(Pieces.Size, cancellationToken);
        }
    }

    // The framework ends the entries of a zip file without waiting, with a few kilobytes: they go out with what comes next.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        waiting.Write(buffer);
        if (Bytes > maxBytes)
            throw new JobFailedException($"The archive is larger than {maxBytes} bytes; whoever runs the installation can raise Renexus:Exports:MaxBytes.");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes what is left. Answers the size of the whole.</summary>
    public async Task<long> CompleteAsync(CancellationToken cancellationToken)
    {
        var bytes = Bytes;
        while (waiting.WrittenCount > 0)
            await PutAsync(Math.Min(waiting.WrittenCount, Pieces.Size), cancellationToken);
        return bytes;
    }

    // Pieces are full, whoever flushes.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task PutAsync(int count, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(scope, Insert, [exportId, workspaceId, run, written, waiting.WrittenSpan[..count].ToArray()], cancellationToken);
        var rest = waiting.WrittenSpan[count..].ToArray();
        waiting.ResetWrittenCount();
        waiting.Write(rest);
        written++;
    }
}

/// <summary>Reads an archive from any place on, a piece at a time.</summary>
internal sealed class PieceReader(Database database, Scope scope, Guid exportId, Guid run, long length) : Stream
{
    private sealed record PieceRow(byte[] Data);

    private static readonly Query<PieceRow> Find = new("exports.piece", "select data from exports.piece where export_id = $1 and run = $2 and number = $3");

    private byte[] piece = [];
    private long number = -1;
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => position; set => Seek(value, SeekOrigin.Begin); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position >= length || buffer.IsEmpty)
            return 0;

        var (wanted, offset) = Math.DivRem(position, Pieces.Size);
        if (wanted != number)
        {
            var found = await database.QueryFirstAsync(scope, Find, [exportId, run, (int)wanted], cancellationToken)
                ?? throw new EndOfStreamException($"Piece {wanted} of export {exportId} is gone: it was removed, or has expired, while it was sent.");
            (piece, number) = (found.Data, wanted);
        }
        var part = Math.Min(buffer.Length, piece.Length - (int)offset);
        piece.AsSpan((int)offset, part).CopyTo(buffer.Span);
        position += part;
        return part;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => position, _ => length };
        return position = target >= 0 ? target : throw new IOException("There is nothing before the beginning.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
