using System.IO.Pipelines;

namespace Renexus.Testing;

/// <summary>A duplex stream as a pair of pipes, which take nothing from it ahead of their reader.</summary>
public sealed class StreamPipes(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream);
}
