using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Tests.Gateway.Outbound;

/// <summary>Where a user cannot send the server, however the address is spelled.</summary>
[Trait("spec", "SE-5")]
[Trait("security", "SEC-SSRF-01")]
public sealed class ForbiddenAddressTests
{
    private static readonly RenexusOptions PrivateAllowed = new() { Webhooks = new WebhookOptions { AllowPrivateAddresses = true } };

    [Fact]
    public void The_corpus_has_at_least_120_rows() => Assert.True(ForbiddenUrls.Count >= 120, $"{ForbiddenUrls.Count}");

    [Theory]
    [MemberData(nameof(ForbiddenUrls.All), MemberType = typeof(ForbiddenUrls))]
    public async Task A_forbidden_address_is_neither_stored_nor_dialled(string url)
    {
        // Whatever is a name, the attacker's name server says that it is this machine.
        using var outside = new Outside(resolve: _ => [IPAddress.Loopback, IPAddress.IPv6Loopback]);

        Assert.Null(await outside.Urls.CheckAsync(url, isTlsRequired: false, CancellationToken.None));
        if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https")
        {
            Assert.Equal(OutboundFailure.ForbiddenAddress, (await outside.FailAsync(url)).Failure);
            Assert.Empty(outside.Dialled);
        }
    }

    [Theory]
    [MemberData(nameof(ForbiddenUrls.All), MemberType = typeof(ForbiddenUrls))]
    public async Task The_dialer_alone_holds_too(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https") || parsed.Host.Length == 0)
            return;

        var options = new RenexusOptions();
        var rules = new AddressRules(options, () => [], TimeProvider.System);
        var dialled = 0;
        var network = new OutboundNetwork((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), (_, _) => Task.FromResult(Stream.Null).ContinueWith(
            s => { dialled++; return s.Result; }, TaskScheduler.Default));
        var dialer = new OutboundDialer(rules, network, new OutboundUrls(rules, network, options), options, TimeProvider.System);
        // As a redirect or a mistake of ours would call it: no check of the URL before.
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = dialer.ConnectAsync, UseProxy = false, AllowAutoRedirect = false });

        var failure = await Record.ExceptionAsync(() => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, parsed), CancellationToken.None));

        Assert.NotNull(failure);
        Assert.Equal(0, dialled);
    }

    [Theory]
    [InlineData("https://example.com/hook")]
    [InlineData("http://example.com")]
    [InlineData("https://example.com:443/a?b=c#d")]
    [InlineData("https://bücher.example.com/")]
    [InlineData("https://example.com./")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/")]
    [InlineData("https://[2001:4860:4860::8888]/")]
    [InlineData("https://192.0.1.1/")]
    [InlineData("https://172.32.0.1/")]
    [InlineData("https://100.128.0.1/")]
    public async Task A_public_address_is_dialled(string url)
    {
        using var outside = new Outside();

        Assert.NotNull(await outside.Urls.CheckAsync(url, isTlsRequired: false, CancellationToken.None));
        Assert.Equal(OutboundFailure.NotConnected, (await outside.FailAsync(url)).Failure);
        Assert.Single(outside.Dialled);
    }

    [Theory]
    [InlineData("http://0127.0.0.1/")]
    [InlineData("http://0127.0.0.01./")]
    [InlineData("http://1572395042/")]
    [InlineData("http://0x5db8d822/")]
    [InlineData("http://93.184.55330/")]
    [InlineData("http://９３.184.216.34/")]
    public void A_public_address_in_an_unusual_spelling_is_forbidden(string url)
    {
        using var outside = new Outside();

        Assert.Null(outside.Urls.Parse(url));
    }

    [Fact]
    public async Task Of_several_addresses_only_the_public_ones_are_dialled()
    {
        using var outside = new Outside(resolve: _ => [IPAddress.Loopback, Outside.PublicAddress, IPAddress.Parse("10.0.0.1")]);

        await outside.FailAsync();

        Assert.Equal([new IPEndPoint(Outside.PublicAddress, 80)], outside.Dialled);
    }

    [Fact]
    public async Task The_addresses_of_this_machine_are_forbidden_public_ones_too()
    {
        using var outside = new Outside(own: Outside.PublicAddress);
        Assert.Equal(OutboundFailure.ForbiddenAddress, (await outside.FailAsync("http://93.184.216.34/")).Failure);

        var rules = new AddressRules(new RenexusOptions(), TimeProvider.System);
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).ToArray();
        Assert.NotEmpty(own);
        Assert.All(own, address => Assert.False(rules.Allows(address, isTrusted: false), address.ToString()));
    }

    [Fact]
    public async Task A_port_that_the_operator_adds_is_dialled_and_no_other()
    {
        using var outside = new Outside(options: new RenexusOptions { Outbound = new OutboundOptions { Ports = ["8443"] } });

        Assert.NotNull(outside.Urls.Parse("https://example.com:8443/"));
        Assert.Null(outside.Urls.Parse("https://example.com:8444/"));
        await outside.FailAsync("https://example.com:8443/");
        Assert.Equal(8443, Assert.Single(outside.Dialled).Port);
    }

    [Fact]
    public void Where_TLS_is_required_http_is_refused()
    {
        using var outside = new Outside();

        Assert.Null(outside.Urls.Parse("http://example.com/", isTlsRequired: true));
        Assert.NotNull(outside.Urls.Parse("https://example.com/", isTlsRequired: true));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("http://localhost:9000/hook")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://[fd12::1]:81/")]
    [InlineData("http://receiver:3000/")]
    public async Task The_setting_for_private_addresses_permits_them_over_http_and_any_port(string url)
    {
        using var outside = new Outside(resolve: _ => [IPAddress.Loopback], options: PrivateAllowed);

        Assert.NotNull(await outside.Urls.CheckAsync(url, isTlsRequired: true, CancellationToken.None));
        Assert.Equal(OutboundFailure.NotConnected, (await outside.FailAsync(url)).Failure);
        Assert.Single(outside.Dialled);
    }

    [Theory]
    [InlineData("http://169.254.169.254/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://224.0.0.1/")]
    public async Task Even_then_metadata_and_what_is_no_address_stay_forbidden(string url)
    {
        using var outside = new Outside(options: PrivateAllowed);

        Assert.Null(outside.Urls.Parse(url));
        await outside.FailAsync(url);
        Assert.Empty(outside.Dialled);
    }

    private static readonly RenexusOptions SomeAllowed = new()
    {
        Webhooks = new WebhookOptions { AllowNetworks = ["10.20.0.0/16", "fd12::/64", "192.168.7.7", "169.254.0.0/16"], AllowHosts = ["ci.internal", "receiver"] },
    };

    [Theory]
    [InlineData("http://ci.internal:9000/hook", "10.1.2.3")]
    [InlineData("http://receiver:3000/", "172.18.0.5")]
    [InlineData("http://RECEIVER./", "127.0.0.1")]
    [InlineData("http://10.20.30.40:8080/", null)]
    [InlineData("http://[fd12::7]:81/", null)]
    [InlineData("http://192.168.7.7/", null)]
    [InlineData("https://hooks.example.com/", "10.20.1.1")]
    public async Task What_the_operator_names_is_called_hosts_and_addresses_over_http_and_any_port(string url, string? means)
    {
        using var outside = new Outside(resolve: _ => [IPAddress.Parse(means!)], options: SomeAllowed);

        Assert.NotNull(await outside.Urls.CheckAsync(url, isTlsRequired: true, CancellationToken.None));
        Assert.Equal(OutboundFailure.NotConnected, (await outside.FailAsync(url)).Failure);
        Assert.Single(outside.Dialled);
    }

    [Theory]
    [InlineData("http://10.21.0.1/", null)]
    [InlineData("http://192.168.7.8/", null)]
    [InlineData("http://127.0.0.1/", null)]
    [InlineData("http://[fd12:0:0:1::1]/", null)]
    [InlineData("http://other.internal/", "10.20.0.1")] // a name that only means something inside, and not one of those
    [InlineData("http://sub.receiver.example.com/", "172.18.0.5")]
    [InlineData("https://hooks.example.com/", "10.1.2.3")]
    [InlineData("https://hooks.example.com:8080/", "10.20.0.1")] // the network is allowed, the port is not
    [InlineData("http://169.254.169.254/", null)] // nobody can allow these
    [InlineData("http://ci.internal/", "169.254.169.254")]
    [InlineData("http://receiver/", "::ffff:10.20.0.1")]
    [InlineData("http://receiver/", "0.0.0.0")]
    public async Task Everything_else_inside_stays_forbidden(string url, string? means)
    {
        using var outside = new Outside(resolve: _ => [IPAddress.Parse(means!)], options: SomeAllowed);

        Assert.Null(await outside.Urls.CheckAsync(url, isTlsRequired: false, CancellationToken.None));
        Assert.Equal(OutboundFailure.ForbiddenAddress, (await outside.FailAsync(url)).Failure);
        Assert.Empty(outside.Dialled);
    }

    [Fact]
    [Trait("security", "SEC-SSRF-02")]
    public async Task A_name_that_leaves_the_allowed_network_after_the_check_reaches_nobody_and_neither_does_a_redirect()
    {
        await using var upstream = Upstream.Saying("HTTP/1.1 302 Found\r\nLocation: http://10.1.2.3/\r\nContent-Length: 0\r\n\r\n");
        var answers = new Queue<string>(["10.20.0.1", "10.20.0.1", "10.1.2.3"]);
        using var outside = new Outside(
            resolve: _ => [IPAddress.Parse(answers.Dequeue())], connect: (_, stop) => OutboundNetwork.System.ConnectAsync(upstream.Address, stop),
            options: SomeAllowed with { Outbound = new OutboundOptions { ConnectionsPerServer = 1 } });

        Assert.NotNull(await outside.Urls.CheckAsync("http://hooks.example.com/in", isTlsRequired: false, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Redirect, (await outside.GetAsync()).Status);
        Assert.Equal(OutboundFailure.ForbiddenAddress, (await outside.FailAsync()).Failure);

        Assert.Equal("10.20.0.1", Assert.Single(outside.Dialled).Address.ToString());
    }

    [Fact]
    [Trait("security", "SEC-SSRF-02")]
    public async Task A_name_that_changes_its_meaning_after_the_check_reaches_nobody()
    {
        await using var canary = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var answers = new Queue<IPAddress>([Outside.PublicAddress, IPAddress.Loopback, IPAddress.Loopback]);
        using var outside = new Outside(
            resolve: _ => [answers.Dequeue()],
            connect: OutboundNetwork.System.ConnectAsync,
            options: new RenexusOptions { Outbound = new OutboundOptions { Ports = [canary.Address.Port.ToString()] } });
        var url = $"http://rebind.example.com:{canary.Address.Port}/";

        Assert.NotNull(await outside.Urls.CheckAsync(url, isTlsRequired: false, CancellationToken.None));
        await outside.FailAsync(url);
        await outside.FailAsync(url);

        Assert.Empty(answers);
        Assert.Equal(0, canary.Hits);
        Assert.Empty(outside.Dialled);
    }

    [Fact]
    [Trait("security", "SEC-SSRF-02")]
    public async Task The_address_that_was_checked_is_the_one_that_is_dialled()
    {
        var asked = 0;
        using var outside = new Outside(resolve: _ => ++asked == 1 ? [Outside.PublicAddress] : [IPAddress.Loopback]);

        await outside.FailAsync();

        Assert.Equal(1, asked);
        Assert.Equal(Outside.PublicAddress, Assert.Single(outside.Dialled).Address);
    }
}
