using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Sockets;
using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>
/// A socket leaves HTTP when its handshake has been answered (docs/decisions/0016): HTTP keeps nothing of it, loses nothing
/// of what came with it, and guards what it guards anywhere else.
/// </summary>
[Trait("spec", "RT-1")]
public sealed class HandoverTests(HandoverTests.Endpoints server) : IClassFixture<HandoverTests.Endpoints>
{
    private const string Handshake = "GET /ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact, Trait("spec", "SK24")]
    public async Task SK24_what_comes_together_with_the_handshake_is_heard()
    {
        var ada = await server.SignedInAs("ada");
        await using var stream = await ConnectAsync();

        await stream.WriteAsync((byte[])[.. Ascii($"{Handshake}\r\n"), .. Hello(ada)], Cancelled);

        Assert.StartsWith("HTTP/1.1 101 ", await HeadAsync(stream), StringComparison.Ordinal);
        await AssertWelcomeAsync(stream);
    }

    [Fact, Trait("spec", "SK24")]
    public async Task SK24_a_request_behind_an_upgrade_is_no_request()
    {
        await using var stream = await ConnectAsync();

        await stream.WriteAsync(Ascii($"{Handshake}\r\nGET /health HTTP/1.1\r\nHost: here\r\n\r\n"), Cancelled);

        Assert.StartsWith("HTTP/1.1 101 ", await HeadAsync(stream), StringComparison.Ordinal);
        var socket = new RawSocket(stream);
        Assert.Equal((int)CloseCode.ProtocolError, (await socket.ReadFrameAsync(Cancelled))!.CloseCode);
    }

    [Theory, Trait("spec", "SK24")]
    [InlineData("Content-Length: 4\r\n\r\nbody", "a body")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "a body in chunks")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", "two lengths")]
    [InlineData("Content-Length: 0\r\nContent-Length: 4\r\n\r\nbody", "two different lengths")]
    [InlineData("X-Fold: one\r\n two\r\n\r\n", "a folded line")]
    [InlineData("Host: elsewhere\r\n\r\n", "two hosts")]
    [InlineData("Bad Name: x\r\n\r\n", "a space in a name")]
    public async Task SK24_a_handshake_that_two_readers_could_understand_differently_opens_no_socket(string rest, string what)
    {
        await using var stream = await ConnectAsync();

        await stream.WriteAsync(Ascii(Handshake + rest), Cancelled);

        var answer = await HeadAsync(stream);
        Assert.True(answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{what}: {answer}");
    }

    [Fact]
    public async Task After_a_refused_handshake_the_connection_goes_on_with_HTTP()
    {
        await using var stream = await ConnectAsync();

        await stream.WriteAsync(Ascii("GET /ws HTTP/1.1\r\nHost: here\r\n\r\n"), Cancelled);
        Assert.StartsWith("HTTP/1.1 400 ", await HeadAsync(stream), StringComparison.Ordinal);
        await SkipChunksAsync(stream);
        await stream.WriteAsync(Ascii($"{Handshake}\r\n"), Cancelled);

        Assert.StartsWith("HTTP/1.1 101 ", await HeadAsync(stream), StringComparison.Ordinal);
    }

    [Fact, Trait("spec", "SK24")]
    public async Task SK24_nothing_of_HTTP_lives_on_with_the_socket()
    {
        var ada = await server.SignedInAs("ada");
        server.Upgrades.Clear();
        var (socket, _) = await TestSocket.GreetAsync(server, ada);
        await using var held = socket;
        var (second, _) = await TestSocket.GreetAsync(server, ada);
        await using var other = second;
        Assert.Equal(2, server.Upgrades.Count);

        // One may be held by what a thread has not yet overwritten.
        await Eventually.TrueAsync("Kestrel's request objects are garbage", Patience, () =>
        {
            GC.Collect();
            return server.Upgrades.Any(upgrade => !upgrade.IsAlive);
        });

        await socket.AnswerAsync(await socket.SendAsync("unsubscribe", "thread:none"));
        await second.AnswerAsync(await second.SendAsync("unsubscribe", "thread:none"));
    }

    /// <summary>Both are kept by the connection's heartbeat, which goes on for requests and stops for sockets.</summary>
    [Fact, Trait("spec", "SK24")]
    public async Task SK24_HTTP_still_ends_a_request_that_never_gets_whole_and_leaves_a_silent_socket_alone()
    {
        var ada = await server.SignedInAs("ada");
        var (socket, _) = await TestSocket.GreetAsync(server, ada);
        await using var held = socket;
        await using var stream = await ConnectAsync();

        await stream.WriteAsync(Ascii("GET /health HTTP/1.1\r\nHost: "), Cancelled);

        Assert.StartsWith("HTTP/1.1 408 ", await HeadAsync(stream), StringComparison.Ordinal);
        await socket.AnswerAsync(await socket.SendAsync("unsubscribe", "thread:none"));
    }

    [Fact]
    public async Task Over_TLS_a_socket_works_as_well()
    {
        var ada = await server.SignedInAs("ada");
        await using var stream = new SslStream(await ConnectAsync(server.Secure.Port));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == server.Certificate.GetCertHashString(),
        }, Cancelled);

        await stream.WriteAsync((byte[])[.. Ascii($"{Handshake}\r\n"), .. Hello(ada)], Cancelled);

        Assert.StartsWith("HTTP/1.1 101 ", await HeadAsync(stream), StringComparison.Ordinal);
        await AssertWelcomeAsync(stream);
        await new RawSocket(stream).SendCloseAsync();
        Assert.Equal(1000, await CloseCodeAsync(new RawSocket(stream)));
    }

    [Fact]
    public async Task Clients_that_break_off_at_any_moment_of_the_handshake_leave_nothing_behind()
    {
        var registry = server.Services.GetRequiredService<ConversationRegistry>();
        for (var i = 0; i < 40; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancelled);
            await client.GetStream().WriteAsync(Ascii($"{Handshake}\r\n"), Cancelled);
            if (i % 2 == 0)
                client.LingerState = new LingerOption(true, 0); // a reset
            if (i % 4 > 1)
                await HeadAsync(client.GetStream());
            client.Dispose();
        }

        await Eventually.TrueAsync("no conversation is left", Patience, () => registry.Count == 0);
    }

    [Fact]
    public async Task A_proxy_that_is_trusted_says_where_the_page_is_served()
    {
        await using var allowed = await ConnectAsync();
        await allowed.WriteAsync(Ascii($"{Handshake}Origin: https://team.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: team.example\r\n\r\n"), Cancelled);
        await HeadAsync(allowed);
        await using var socket = new RawSocket(allowed);
        await socket.SendCloseAsync();
        Assert.Equal(1000, await CloseCodeAsync(socket));

        await using var foreign = await ConnectAsync();
        await foreign.WriteAsync(Ascii($"{Handshake}Origin: https://other.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: team.example\r\n\r\n"), Cancelled);
        await HeadAsync(foreign);
        Assert.Equal((int)CloseCode.Origin, await CloseCodeAsync(new RawSocket(foreign)));
    }

    [Fact]
    [Trait("spec", "RE-5")]
    public async Task A_server_that_stops_sends_its_sockets_elsewhere_and_waits_for_none_that_says_nothing()
    {
        var node = await server.StartNeighbourAsync();
        var ada = await server.SignedInAs("ada");
        var (socket, _) = await TestSocket.GreetAsync(node, ada);
        await using var held = socket;
        var (silent, _) = await RawSocket.ConnectAsync(new Uri(node.Address, "/ws"), "", Cancelled);
        await using var alsoHeld = silent;

        await node.DisposeAsync();

        Assert.Equal((int)CloseCode.GoingAway, await socket.Closed);
        Assert.Equal((int)CloseCode.GoingAway, await CloseCodeAsync(silent));
    }

    private async Task<NetworkStream> ConnectAsync(int? port = null)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Address.Host, port ?? server.Address.Port, Cancelled);
        return client.GetStream();
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Hello(TestUser user) => RawSocket.Frame(RawSocket.TextFrame, JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = "subscribe",
        channel = "$session",
        id = "hello",
        payload = new { token = user.AccessToken },
    }));

    /// <summary>The status line and the headers of an answer.</summary>
    private static async Task<string> HeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, Cancelled).AsTask().WaitAsync(Patience, Cancelled) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    /// <summary>Reads a chunked body up to its end.</summary>
    private static async Task SkipChunksAsync(Stream stream)
    {
        var body = new StringBuilder();
        var one = new byte[1];
        while (!body.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, Cancelled).AsTask().WaitAsync(Patience, Cancelled) == 1)
            body.Append((char)one[0]);
    }

    private static async Task AssertWelcomeAsync(Stream stream)
    {
        var frame = await new RawSocket(stream).ReadFrameAsync(Cancelled).WaitAsync(Patience, Cancelled);
        Assert.Equal("welcome", TestSocket.Op(JsonElement.Parse(frame!.Payload)));
    }

    /// <summary>Reads up to the close frame.</summary>
    private static async Task<int?> CloseCodeAsync(RawSocket socket)
    {
        while (await socket.ReadFrameAsync(Cancelled).WaitAsync(Patience, Cancelled) is { } frame)
        {
            if (frame.Opcode == RawSocket.CloseFrame)
                return frame.CloseCode;
        }
        return null;
    }

    /// <summary>A server with a TLS endpoint beside the usual one, behind a trusted proxy, whose requests must be quick.</summary>
    public sealed class Endpoints : TestServer
    {
        public X509Certificate2 Certificate { get; } = SelfSigned();

        /// <summary>Kestrel's own objects of the requests that could be upgraded.</summary>
        public List<WeakReference> Upgrades { get; } = [];

        /// <summary>Where it listens with TLS.</summary>
        public Uri Secure => new(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single(address => address.StartsWith("https:", StringComparison.Ordinal)));

        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
            [.. base.Settings, new("urls", "http://127.0.0.1:0;https://127.0.0.1:0"), new("Renexus:Proxy:Trusted", "127.0.0.1")];

        protected override void Configure(IServiceCollection services)
        {
            services.Configure<KestrelServerOptions>(kestrel =>
            {
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = Certificate);
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2);
            });
            services.AddSingleton<IStartupFilter>(new Upgrading(Upgrades));
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Certificate.Dispose();
        }

        private static X509Certificate2 SelfSigned()
        {
            var now = TimeProvider.System.GetUtcNow();
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        }

        private sealed class Upgrading(List<WeakReference> seen) : IStartupFilter
        {
            public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
            {
                app.Use((context, go) =>
                {
                    if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
                        seen.Add(new WeakReference(upgrade));
                    return go(context);
                });
                next(app);
            };
        }
    }
}
