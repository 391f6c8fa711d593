using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>The whole server, reached through a network that a test can take away and give back.</summary>
public sealed class ServerBehindNetwork : TestServer
{
    // Nothing listens there.
    private const int Nowhere = 1;

    private CuttingProxy? network;
    private volatile bool isCut;

    /// <summary>The address people use.</summary>
    public Uri PublicAddress => new($"http://127.0.0.1:{network!.Port}");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        network = new CuttingProxy(() => isCut ? Nowhere : Address.Port);
    }

    /// <summary>Cuts every connection and lets no new one through.</summary>
    public void Cut()
    {
        isCut = true;
        network!.Cut(new Random(1), share: 1.1);
    }

    public void Mend() => isCut = false;

    public override async ValueTask DisposeAsync()
    {
        if (network is not null)
            await network.DisposeAsync();
        await base.DisposeAsync();
    }
}
