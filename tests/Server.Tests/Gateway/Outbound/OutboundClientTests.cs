using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Outbound;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Outbound;

/// <summary>What a user's server can and cannot do to the one who calls it.</summary>
[Trait("spec", "SE-5")]
[Trait("security", "SEC-SSRF-04")]
public sealed class OutboundClientTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task An_answer_comes_with_status_headers_and_body()
    {
        await using var upstream = Upstream.Saying("HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 5\r\n\r\nhello");
        using var outside = Outside.With(upstream);

        var answer = await outside.GetAsync("http://hooks.example.com/in?a=b");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("7", answer.Headers.GetValues("X-Id").Single());
        Assert.Equal("hello", Encoding.ASCII.GetString(answer.Body.Span));
        Assert.StartsWith("GET /in?a=b HTTP/1.1\r\n", upstream.Request, StringComparison.Ordinal);
        Assert.Contains("Host: hooks.example.com\r\n", upstream.Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://hooks.example.com/again")]
    [InlineData("//127.0.0.1/")]
    [Trait("security", "SEC-SSRF-03")]
    public async Task A_redirect_is_an_answer_and_is_not_followed(string location)
    {
        foreach (var status in (int[])[301, 302, 303, 307, 308])
        {
            await using var upstream = Upstream.Saying($"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            using var outside = Outside.With(upstream);

            Assert.Equal(status, (int)(await outside.GetAsync()).Status);
            Assert.Single(outside.Dialled);
            Assert.Equal(1, upstream.Hits);
        }
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        var cutOff = new TaskCompletionSource();
        await using var upstream = new Upstream(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop);
            var piece = new byte[64 * 1024];
            try
            {
                while (true)
                    await stream.WriteAsync(piece, stop);
            }
            catch (IOException)
            {
                cutOff.SetResult();
            }
        });
        var connection = new TaskCompletionSource<CountingStream>();
        using var outside = new Outside(connect: async (_, stop) =>
        {
            connection.SetResult(await CountingStream.ConnectAsync(upstream.Address, stop));
            return await connection.Task;
        });

        Assert.Equal(OutboundFailure.TooLarge, (await outside.FailAsync()).Failure);
        // The limit, and what fits into the buffers on the way.
        Assert.InRange((await connection.Task).BytesRead, Megabyte, Megabyte + 64 * 1024);
        await cutOff.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_length_over_the_limit_is_refused_unread()
    {
        await using var upstream = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
        using var outside = Outside.With(upstream);

        Assert.Equal(OutboundFailure.TooLarge, (await outside.FailAsync()).Failure);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_small_body_that_unpacks_to_a_large_one_is_cut_off(string coding)
    {
        var bomb = Compress(coding, 64 * Megabyte);
        Assert.InRange(bomb.Length, 1, Megabyte / 8);
        await using var upstream = Upstream.Sending(bomb, coding);
        using var outside = Outside.With(upstream);

        Assert.Equal(OutboundFailure.TooLarge, (await outside.FailAsync()).Failure);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_up_to_the_limit_is_taken(string coding)
    {
        await using var upstream = Upstream.Sending(Compress(coding, Megabyte), coding);
        using var outside = Outside.With(upstream);

        Assert.Equal(Megabyte, (await outside.GetAsync()).Body.Length);
    }

    [Fact]
    public async Task A_body_that_drips_is_given_up_when_the_time_is_over()
    {
        var time = new FakeTime();
        var dripping = new TaskCompletionSource();
        await using var upstream = new Upstream(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), stop);
                dripping.TrySetResult();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
            }
        });
        using var outside = Outside.With(upstream, clock: time);
        var call = outside.FailAsync();
        await dripping.Task;

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(OutboundFailure.NoAnswer, (await call).Failure);
    }

    [Fact]
    public async Task Headers_without_end_are_cut_off()
    {
        await using var upstream = new Upstream(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            var line = Encoding.ASCII.GetBytes("X-More: " + new string('x', 1000) + "\r\n");
            for (var i = 0; i < 100_000; i++)
                await stream.WriteAsync(line, stop);
        });
        using var outside = Outside.With(upstream);

        Assert.Equal(OutboundFailure.NoAnswer, (await outside.FailAsync()).Failure);
    }

    [Fact]
    public async Task Nobody_there_is_given_up_after_three_seconds()
    {
        var time = new FakeTime();
        using var outside = new Outside(connect: async (_, stop) => { await Task.Delay(Timeout.InfiniteTimeSpan, time, stop); return Stream.Null; }, clock: time);
        var call = outside.FailAsync();
        await Eventually.TrueAsync("dialled", TimeSpan.FromSeconds(60), () => outside.Dialled.Count == 1);

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(OutboundFailure.NotConnected, (await call).Failure);
    }

    [Fact]
    public async Task An_address_that_swallows_packets_leaves_time_for_the_next()
    {
        await using var upstream = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var silent = IPAddress.Parse("93.184.216.35");
        var time = new FakeTime();
        using var outside = new Outside(
            resolve: _ => [silent, Outside.PublicAddress],
            connect: async (address, stop) =>
            {
                if (address.Address.Equals(silent))
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
                return await OutboundNetwork.System.ConnectAsync(upstream.Address, stop);
            },
            clock: time);
        var call = outside.GetAsync();
        await Eventually.TrueAsync("dialled", TimeSpan.FromSeconds(60), () => outside.Dialled.Count == 1);

        time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(HttpStatusCode.OK, (await call).Status);
    }

    [Theory]
    [InlineData("Cookie")]
    [InlineData("Host")]
    [InlineData("Proxy-Authorization")]
    [InlineData("X-Forwarded-For")]
    public async Task What_is_ours_does_not_go_along(string header)
    {
        using var outside = new Outside();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://hooks.example.com/");
        request.Headers.TryAddWithoutValidation(header, "value");

        await Assert.ThrowsAsync<ArgumentException>(() => outside.Client.SendAsync(request, CancellationToken.None));
        Assert.Empty(outside.Dialled);
    }

    [Fact]
    public async Task Neither_a_trace_nor_a_cookie_of_an_earlier_answer_goes_along()
    {
        using var activity = new System.Diagnostics.Activity("inside").AddBaggage("secret", "1").Start();
        await using var upstream = Upstream.Saying("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        using var outside = Outside.With(upstream);

        await outside.GetAsync();
        await outside.GetAsync();

        Assert.DoesNotContain("cookie", upstream.Request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("traceparent", upstream.Request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("baggage", upstream.Request, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Twenty_headers_go_along_and_no_more()
    {
        await using var upstream = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var outside = Outside.With(upstream);
        foreach (var (count, isTaken) in ((int, bool)[])[(20, true), (21, false)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://hooks.example.com/");
            for (var i = 0; i < count; i++)
                request.Headers.Add($"X-{i}", "value");
            Assert.Equal(isTaken, await Record.ExceptionAsync(() => outside.Client.SendAsync(request, CancellationToken.None)) is null);
        }
    }

    [Fact]
    [Trait("security", "SEC-SSRF-05")]
    public async Task A_proxy_of_the_environment_is_not_used()
    {
        var before = HttpClient.DefaultProxy;
        var proxy = new WatchingProxy();
        HttpClient.DefaultProxy = proxy;
        try
        {
            await using var upstream = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            using var outside = Outside.With(upstream);
            await outside.GetAsync();
            Assert.Equal(1, upstream.Hits);
            Assert.False(proxy.WasAsked);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    [Trait("security", "SEC-SSRF-07")]
    public async Task The_user_is_told_the_same_whatever_is_there()
    {
        var time = new FakeTime();
        await using var closing = new Upstream((_, _) => Task.CompletedTask);
        await using var babbling = Upstream.Saying("SSH-2.0-OpenSSH_9.2\r\n");
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);

        using (var forbidden = new Outside(resolve: _ => [IPAddress.Loopback]))
            failures["forbidden"] = (await forbidden.FailAsync()).Message;
        using (var unknown = new Outside(resolve: _ => throw new SocketException((int)SocketError.HostNotFound)))
            failures["unknown name"] = (await unknown.FailAsync()).Message;
        using (var refused = new Outside())
            failures["refused"] = (await refused.FailAsync()).Message;
        using (var closed = Outside.With(closing))
            failures["closed"] = (await closed.FailAsync()).Message;
        using (var foreign = Outside.With(babbling))
            failures["not HTTP"] = (await foreign.FailAsync()).Message;
        using (var plain = Outside.With(babbling))
            failures["not TLS"] = (await plain.FailAsync("https://hooks.example.com/")).Message;
        using (var silent = new Outside(connect: async (_, stop) => { await Task.Delay(Timeout.InfiniteTimeSpan, time, stop); return Stream.Null; }, clock: time))
        {
            var call = silent.FailAsync();
            await Eventually.TrueAsync("dialled", TimeSpan.FromSeconds(60), () => silent.Dialled.Count == 1);
            time.Advance(TimeSpan.FromSeconds(3));
            failures["timed out"] = (await call).Message;
        }

        Assert.Equal(7, failures.Count);
        Assert.Single(failures.Values.Distinct());
    }

    [Fact]
    public async Task Who_leaves_is_not_told_that_the_address_failed()
    {
        using var leaving = new CancellationTokenSource();
        using var outside = new Outside(connect: async (_, stop) => { await leaving.CancelAsync(); stop.ThrowIfCancellationRequested(); return Stream.Null; });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://hooks.example.com/");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outside.Client.SendAsync(request, leaving.Token));
    }

    private static byte[] Compress(string coding, int bytes)
    {
        using var packed = new MemoryStream();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Optimal),
        })
        {
            var zeros = new byte[Megabyte];
            for (var written = 0; written < bytes; written += zeros.Length)
                stream.Write(zeros);
        }

        return packed.ToArray();
    }

    /// <summary>A connection that knows how much was taken from it, whatever more the other side has sent.</summary>
    private sealed class CountingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public long BytesRead { get; private set; }

        public static async Task<CountingStream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, cancellationToken);
            return new CountingStream(socket);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }

    /// <summary>Takes part in nobody else's calls: they run beside this test.</summary>
    private sealed class WatchingProxy : IWebProxy
    {
        public bool WasAsked { get; private set; }

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => null;

        public bool IsBypassed(Uri host)
        {
            WasAsked |= host.Host == "hooks.example.com";
            return true;
        }
    }
}
