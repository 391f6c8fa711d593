using Renexus.Client.Realtime;
using Renexus.Testing;

namespace Renexus.Client.Tests.Server;

/// <summary>A server whose access tokens last little more than the minute before which it warns.</summary>
public sealed class ShortTokens : TestServer
{
    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [.. base.Settings, new("Renexus:Sessions:AccessTokenLifetime", "62")];
}

[Trait("spec", "RT-2")]
public sealed class RenewalTests(ShortTokens server) : IClassFixture<ShortTokens>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_runs_out_is_renewed_on_the_open_socket()
    {
        await using var network = new CuttingProxy(() => server.Address.Port);
        await using var ada = await Person.OwnerAsync(server, network);
        var renewed = new TaskCompletionSource();
        ada.Client.RefreshTokenChanged += (_, _) => renewed.TrySetResult();
        await ada.ListenAsync();
        var states = new List<ConnectionState>();
        ada.Realtime.StatusChanged += (_, status) => states.Add(status.State);

        await renewed.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await ada.SayAsync("still here");

        Assert.Empty(states);
    }
}

/// <summary>A server with a limit that a queue of messages runs into.</summary>
public sealed class Limited : TestServer
{
    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings.Where(setting => !setting.Key.EndsWith("MessagesPerMinute", StringComparison.Ordinal)),
        new("Renexus:Limits:MessagesPerMinute", "1200"),
        new("Renexus:Limits:MessagesBurst", "10"),
    ];
}

[Trait("spec", "GW-4")]
public sealed class LimitTests(Limited server) : IClassFixture<Limited>
{
    [Fact]
    public async Task A_limit_slows_a_queue_down_and_keeps_its_order()
    {
        await using var network = new CuttingProxy(() => server.Address.Port);
        await using var ada = await Person.OwnerAsync(server, network);
        await ada.ListenAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ada.SayAsync($"{i}")));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), await ada.HearAsync(50));
    }
}
