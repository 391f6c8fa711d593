using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Contracts;
using Renexus.Server.Gateway.Outbound;
using Renexus.Server.Tests.Gateway.Outbound;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>Receivers as bad as they can be: each is seen for what it is, and nobody else waits for it.</summary>
[Trait("spec", "WH-2")]
public sealed class FaultTests(WebhookServer server) : IClassFixture<WebhookServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hangs", null)]
    [InlineData("drips", null)]
    [InlineData("drops", null)]
    [InlineData("speaks something else", null)]
    [InlineData("redirects", 301)]
    [InlineData("answers without end", 200)]
    public async Task Whatever_a_receiver_does_the_try_ends_in_time_and_says_what_it_came_to(string what, int? status)
    {
        await using var receiver = new Upstream((stream, stop) => MisbehaveAsync(what, stream, stop));
        var room = await server.RoomAsync();
        var hook = await room.HookAsync($"http://{receiver.Address}/", "message.created");

        await room.SayAsync("to a bad receiver");
        var delivery = await room.DeliveryAsync(hook.Id, d => d.Attempts == 1);

        var attempt = (await room.DetailsAsync(hook.Id, delivery.Id)).Tries[0];
        Assert.Equal((status, status == 200 ? "delivered" : "pending"), (attempt.Status, delivery.State));
        Assert.Equal(status is null ? "There was no answer from this address." : null, attempt.Error);
        Assert.InRange(attempt.DurationMs, 0, (WebhookServer.Patience * 3).TotalMilliseconds);
        Assert.True((attempt.Response?.Length ?? 0) <= 4096);
    }

    [Fact]
    public async Task A_certificate_that_has_run_out_is_no_certificate_and_nothing_is_said_to_who_shows_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var heard = new List<byte>();
        var shaken = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptTcpClientAsync(Stop);
                await using var tls = new SslStream(client.GetStream());
                try
                {
                    await tls.AuthenticateAsServerAsync(RunOut());
                    var buffer = new byte[1024];
                    while (await tls.ReadAsync(buffer, Stop) is var read and > 0)
                        heard.AddRange(buffer.AsSpan(0, read));
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // The other side has turned away.
                }
            },
            Stop);
        var room = await server.RoomAsync();
        var hook = await room.HookAsync($"https://{listener.LocalEndpoint}/", "message.created");

        await room.SayAsync("in confidence");
        var delivery = await room.DeliveryAsync(hook.Id, d => d.Attempts == 1);

        await shaken;
        Assert.Equal(("There was no answer from this address.", "pending"), ((await room.DetailsAsync(hook.Id, delivery.Id)).Tries[0].Error, delivery.State));
        Assert.Empty(heard);
    }

    [Fact]
    public async Task One_that_asks_for_time_gets_it_by_date_as_well_and_is_called_no_sooner()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = TimeProvider.System.GetUtcNow().AddMinutes(10).ToString("R", CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        var room = await server.RoomAsync();
        var hook = await room.HookAsync(receiver.Url, "message.created");

        await room.SayAsync("too much");
        var delivery = await room.DeliveryAsync(hook.Id, d => d.Attempts == 1);
        await room.SayAsync("even more");
        await Eventually.TrueAsync("that waits as well", TimeSpan.FromSeconds(60), async () => (await room.DeliveriesAsync(hook.Id)).Count == 2);

        Assert.InRange(delivery.DueAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));
        Assert.InRange(
            await server.ScalarAsync<DateTime>("select paused_until from webhooks.health where endpoint_id = $1", hook.Id) - TimeProvider.System.GetUtcNow().UtcDateTime,
            TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));
        Assert.Single(receiver.All);
    }

    [Fact]
    [Trait("spec", "JB-1")]
    public async Task Forty_endpoints_that_never_answer_hold_up_no_other()
    {
        await using var dead = new Upstream((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        await using var alive = await Receiver.StartAsync();
        var room = await server.RoomAsync();
        var other = await server.RoomAsync();
        for (var i = 0; i < 40; i++)
            await room.HookAsync($"http://{dead.Address}/{i}", "message.created");
        await other.HookAsync(alive.Url, "message.created");

        for (var i = 0; i < 5; i++)
            await room.SayAsync($"into the void {i}");
        await Eventually.TrueAsync("they are being called", TimeSpan.FromSeconds(60), () => dead.Hits > 0);
        var waits = new List<TimeSpan>();
        for (var i = 1; i <= 10; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await other.SayAsync($"to somebody who listens {i}");
            await Eventually.TrueAsync("it is told", TimeSpan.FromSeconds(60), () => alive.All.Count == i);
            waits.Add(TimeProvider.System.GetElapsedTime(began));
        }

        // A dead one takes its place for as long as the server is patient; nobody waits for that.
        Assert.True(waits.Max() < WebhookServer.Patience, $"A live endpoint waited {waits.Max()}.");
    }

    private static X509Certificate2 RunOut()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-10), now.AddDays(-1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static async Task MisbehaveAsync(string what, NetworkStream stream, CancellationToken stop)
    {
        switch (what)
        {
            case "hangs":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                break;
            case "drips":
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"u8.ToArray(), stop);
                while (true)
                {
                    await stream.WriteAsync("x"u8.ToArray(), stop);
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
                }
            case "drops":
                stream.Socket.Close(0);
                break;
            case "speaks something else":
                await stream.WriteAsync("220 mail.example.org ESMTP\r\n"u8.ToArray(), stop);
                break;
            case "redirects":
                await stream.WriteAsync("HTTP/1.1 301 Elsewhere\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
                break;
            case "answers without end":
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), stop);
                var piece = new byte[64 * 1024];
                while (true)
                    await stream.WriteAsync(piece, stop);
        }
    }
}

/// <summary>Names that change what they mean between the registration of an endpoint and its calls (SEC-SSRF-02): on a server with the default settings.</summary>
[Trait("spec", "WH-2")]
[Trait("security", "SEC-SSRF-02")]
public sealed class ReboundNameTests(ReboundNameTests.NamedServer server) : IClassFixture<ReboundNameTests.NamedServer>
{
    /// <summary>A server in a network where the test says what names mean, and sees what is dialled.</summary>
    public sealed class NamedServer : TestServer
    {
        private readonly List<string> dialled = [];

        internal Dictionary<string, IPAddress> Names { get; } = new(StringComparer.Ordinal);

        internal IReadOnlyList<string> Dialled
        {
            get
            {
                lock (dialled)
                    return [.. dialled];
            }
        }

        protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton(new OutboundNetwork(
            (host, _) => Task.FromResult<IPAddress[]>([Names[host]]),
            (address, _) =>
            {
                lock (dialled)
                    dialled.Add($"{address.Address}");
                throw new SocketException((int)SocketError.ConnectionRefused);
            })));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::1")]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("64:ff9b::7f00:1")]
    public async Task A_name_that_means_something_inside_by_the_time_of_the_call_is_not_called(string address)
    {
        var host = $"hooks-{Guid.CreateVersion7():n}.example.com";
        server.Names[host] = Outside.PublicAddress;
        var owner = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(owner);
        var hook = await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/webhooks", new { url = $"https://{host}/", events = (string[])["*"] }, Stop)
            .ReadAsync<NewWebhook>(HttpStatusCode.Created);
        var before = server.Dialled.Count;

        server.Names[host] = IPAddress.Parse(address);
        await owner.Client.PostAsync($"/api/webhooks/{hook.Id}/test", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted);
        WebhookDelivery? delivery = null;
        await Eventually.TrueAsync("it was tried", TimeSpan.FromSeconds(60), async () =>
            (delivery = (await owner.Client.GetAsync($"/api/webhooks/{hook.Id}/deliveries", Stop).ReadAsync<Page<WebhookDelivery>>()).Items[0]).Attempts > 0);

        var details = await owner.Client.GetAsync($"/api/webhooks/{hook.Id}/deliveries/{delivery!.Id}", Stop).ReadAsync<WebhookDeliveryDetails>();
        // The same sentence as for a closed port: it tells nothing of what is inside.
        Assert.Equal("There was no answer from this address.", details.Tries[0].Error);
        Assert.Equal(before, server.Dialled.Count);
    }

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("https://hooks.example.com:8443/")]
    [InlineData("https://inside.example.com/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://localhost/")]
    [Trait("security", "SEC-SSRF-01")]
    public async Task What_leads_inside_or_is_not_https_is_refused_when_it_is_registered_or_changed(string url)
    {
        server.Names["hooks.example.com"] = Outside.PublicAddress;
        server.Names["inside.example.com"] = IPAddress.Parse("192.168.1.1");
        var owner = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(owner);
        var hook = await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/webhooks", new { url = "https://hooks.example.com/", events = (string[])["*"] }, Stop)
            .ReadAsync<NewWebhook>(HttpStatusCode.Created);

        foreach (var refused in (Problem[])[
            await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/webhooks", new { url, events = (string[])["*"] }, Stop)
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed),
            await owner.Client.PatchAsJsonAsync($"/api/webhooks/{hook.Id}", new { url }, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed)])
            Assert.Equal([OutboundUrls.Refusal], refused.Errors!["url"]);
    }
}
