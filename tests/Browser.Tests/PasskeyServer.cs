using System.Globalization;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>A server with a name: browsers make passkeys for names, not for bare addresses.</summary>
public sealed class PasskeyServer : TestServer
{
    // The address has to be known before the server listens: its passkeys are made for it.
    private readonly string address = $"http://localhost:{FixedPort.Find().ToString(CultureInfo.InvariantCulture)}";
    private CuttingProxy? elsewhere;

    /// <summary>The same host by another port: another origin, though a browser takes it for the same relying party.</summary>
    public Uri Elsewhere => new($"http://localhost:{elsewhere!.Port}");

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [.. base.Settings, new("urls", address), new("Renexus:PublicUrl", address)];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        elsewhere = new CuttingProxy(() => Address.Port);
    }

    public override async ValueTask DisposeAsync()
    {
        if (elsewhere is not null)
            await elsewhere.DisposeAsync();
        await base.DisposeAsync();
    }
}
