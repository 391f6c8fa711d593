using System.Net;
using System.Net.Http.Json;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>Nodes with folders of their own come to the same keys through the database, and nobody else does (SE-3, DP-2).</summary>
[Trait("spec", "SE-3")]
[Trait("security", "SEC-KEY-02")]
public sealed class SharedKeysTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-KEY-04")]
    public async Task A_restart_ends_no_log_in_since_nothing_is_sealed_with_keys_of_the_machine()
    {
        var ada = await server.SignedInAs("ada");
        Assert.Null(server.Services.GetService(typeof(Microsoft.AspNetCore.DataProtection.IDataProtectionProvider)));

        await server.StopAsync();
        await server.StartAsync();

        await server.Anonymous.MeAsync(ada.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.RefreshAsync(ada.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-KEY-04")]
    public async Task A_node_that_joins_with_an_empty_folder_takes_the_keys_and_knows_the_tokens_of_the_others()
    {
        var ada = await server.SignedInAs("ada");
        await using var joining = new Joining(server, shareKeys: true);
        await joining.InitializeAsync();

        using var there = joining.NewClient();
        there.DefaultRequestHeaders.Authorization = ada.Client.DefaultRequestHeaders.Authorization;
        await there.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        var bob = await joining.SignedInAs("bob");
        using var here = server.NewClient();
        here.DefaultRequestHeaders.Authorization = bob.Client.DefaultRequestHeaders.Authorization;
        await here.GetFromJsonAsync<object>("/api/me", Stop);

        Assert.Equal(NamesOf(server.DataDirectory), NamesOf(joining.DataDirectory));
    }

    [Fact]
    public async Task A_node_that_may_not_take_them_does_not_start_and_says_why()
    {
        await using var joining = new Joining(server, shareKeys: false);

        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () => await joining.InitializeAsync());

        Assert.Contains(NamesOf(server.DataDirectory)[^1], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrapped_key_opens_with_the_password_alone_and_is_never_in_the_clear()
    {
        var key = SecretKey.Create();
        var wrapped = WrappedKey.Wrap(key, "of the database");

        Assert.Equal(key.ToLine(), WrappedKey.Unwrap(key.Id, wrapped, "of the database")!.ToLine());
        Assert.Null(WrappedKey.Unwrap(key.Id, wrapped, "another"));
        Assert.Null(WrappedKey.Unwrap(SecretKey.Create().Id, wrapped, "of the database"));
        Assert.Equal(-1, wrapped.AsSpan().IndexOf(Convert.FromBase64String(key.ToLine())));
        for (var i = 0; i < wrapped.Length; i += 7)
        {
            wrapped[i] ^= 1;
            Assert.Null(WrappedKey.Unwrap(key.Id, wrapped, "of the database"));
            wrapped[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("renexus", null)]
    [InlineData("nineteen-characters", null)]
    [InlineData("3v1mJq0lTn5dYwXcB8sKzA==", "3v1mJq0lTn5dYwXcB8sKzA==")]
    public void A_password_that_can_be_guessed_from_a_dump_wraps_nothing(string password, string? expected) =>
        Assert.Equal(expected, SecretKeyCheck.PasswordOf(new RenexusOptions { Database = new() { ConnectionString = $"Host=db;Username=renexus;Password={password}" } }));

    private static string[] NamesOf(string dataDirectory) =>
        [.. new SecretKeyFile(Path.Combine(dataDirectory, "keys", "secrets.key"), isOurs: true).Read().Select(key => key.Name)];

    private sealed class Joining(TestServer neighbour, bool shareKeys) : TestServer(neighbour, folderOfItsOwn: true)
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Secrets:ShareKeys", $"{shareKeys}")];
    }
}
