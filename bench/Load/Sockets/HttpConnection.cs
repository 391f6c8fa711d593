using System.Buffers.Text;
using System.Net;
using System.Text;

namespace Renexus.Load.Sockets;

/// <summary>A kept-alive HTTP/1.1 connection with one request at a time on it; of an answer only its status and its end are read.</summary>
internal sealed class HttpConnection(Action<HttpConnection, int> onAnswer) : RawConnection
{
    public override bool IsReady => true;

    public void Open(IPEndPoint server) => Connect(server);

    protected override int Consume(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var headEnd = bytes.IndexOf("\r\n\r\n"u8);
            if (headEnd < 0)
                return bytes.Length;
            var head = bytes[..(headEnd + 2)];
            if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
                throw new IOException($"This is no HTTP answer: {Encoding.UTF8.GetString(head)}");
            if (!TryFindEnd(bytes[(headEnd + 4)..], head, out var length))
                return bytes.Length;
            bytes = bytes[(headEnd + 4 + length)..];
            onAnswer(this, status);
        }
    }

    private static bool TryFindEnd(ReadOnlySpan<byte> body, ReadOnlySpan<byte> head, out int length)
    {
        if (Header(head, "content-length: "u8) is { Length: > 0 } stated && Utf8Parser.TryParse(stated, out length, out _))
            return body.Length >= length;
        length = 0;
        if (Header(head, "transfer-encoding: "u8).IsEmpty)
            return true; // 204 and 304 have no body
        while (true)
        {
            var line = body[length..].IndexOf("\r\n"u8);
            if (line < 0)
                return false;
            if (!Utf8Parser.TryParse(body.Slice(length, line), out int size, out _, 'x'))
                throw new IOException("This is no chunk.");
            length += line + 2 + size + 2;
            if (body.Length < length)
                return false;
            if (size == 0)
                return true;
        }
    }

    /// <summary>The value of a header, which servers write in capitals or not.</summary>
    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (!head.IsEmpty)
        {
            var end = head.IndexOf("\r\n"u8);
            var line = head[..end];
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[name.Length..];
            head = head[(end + 2)..];
        }

        return [];
    }
}
