using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Server.Tests.Gateway.Outbound;

/// <summary>The outbound client over a network in which the test says what names mean and who answers, and sees what was dialled.</summary>
internal sealed class Outside : IDisposable
{
    public static readonly IPAddress PublicAddress = IPAddress.Parse("93.184.216.34");

    private readonly List<IPEndPoint> dialled = [];

    public Outside(
        Func<string, IPAddress[]>? resolve = null, Func<IPEndPoint, CancellationToken, Task<Stream>>? connect = null, RenexusOptions? options = null,
        TimeProvider? clock = null, params IPAddress[] own)
    {
        options ??= new RenexusOptions();
        clock ??= TimeProvider.System;
        Rules = new AddressRules(options, () => own, clock);
        var network = new OutboundNetwork(
            (host, _) => Task.FromResult((resolve ?? (_ => [PublicAddress]))(host)),
            (address, stop) =>
            {
                lock (dialled)
                    dialled.Add(address);
                return connect is null ? throw new SocketException((int)SocketError.ConnectionRefused) : connect(address, stop);
            });
        Urls = new OutboundUrls(Rules, network, options);
        Client = new OutboundClient(new OutboundDialer(Rules, network, Urls, options, clock), Urls, options, clock, NullLogger<OutboundClient>.Instance);
    }

    public AddressRules Rules { get; }

    public OutboundUrls Urls { get; }

    public OutboundClient Client { get; }

    public IReadOnlyList<IPEndPoint> Dialled
    {
        get
        {
            lock (dialled)
                return [.. dialled];
        }
    }

    /// <summary>Every public address is this server.</summary>
    public static Outside With(Upstream upstream, RenexusOptions? options = null, TimeProvider? clock = null) =>
        new(connect: (_, stop) => OutboundNetwork.System.ConnectAsync(upstream.Address, stop), options: options, clock: clock);

    public Task<OutboundAnswer> GetAsync(string url = "http://hooks.example.com/in") =>
        Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), CancellationToken.None);

    public async Task<OutboundException> FailAsync(string url = "http://hooks.example.com/in") =>
        await Assert.ThrowsAsync<OutboundException>(() => GetAsync(url));

    public void Dispose() => Client.Dispose();
}
