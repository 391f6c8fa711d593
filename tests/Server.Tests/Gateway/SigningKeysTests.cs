using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Tests.Gateway.Secrets;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>Keys are shared by nodes through the database, and change without anybody noticing.</summary>
[Trait("spec", "AU-2")]
public sealed class SigningKeysTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly RenexusOptions Options = new() { Sessions = new SessionOptions { SigningKeyLifetime = TimeSpan.FromDays(1) } };

    private readonly FakeTime clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var command = database.Login.CreateCommand("delete from accounts.signing_key");
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Nodes_that_start_together_make_one_key()
    {
        var nodes = Enumerable.Range(0, 4).Select(_ => Node()).ToArray();
        var keys = await Task.WhenAll(nodes.Select(n => n.Keys.CurrentAsync(Cancelled).AsTask()));

        Assert.Single(keys.Select(k => k.Id).Distinct());
    }

    [Fact]
    public async Task A_token_of_one_node_holds_on_another()
    {
        var token = await Node().Tokens.IssueAsync(Guid.CreateVersion7(), Guid.CreateVersion7(), Cancelled);

        var result = await Node().Tokens.VerifyAsync(token.Value, Cancelled);

        Assert.Equal(AccessTokenFailure.None, result.Failure);
    }

    [Fact]
    public async Task All_who_come_at_once_to_a_node_that_has_just_started_are_known()
    {
        var token = await Node().Tokens.IssueAsync(Guid.CreateVersion7(), Guid.CreateVersion7(), Cancelled);
        for (var round = 0; round < 50; round++)
        {
            var node = Node();
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await node.Tokens.VerifyAsync(token.Value, Cancelled))));
            Assert.All(results, result => Assert.Equal(AccessTokenFailure.None, result.Failure));
        }
    }

    [Fact]
    public async Task Through_a_rotation_no_token_is_ever_refused()
    {
        var (signing, verifying) = (Node(), Node());
        var kids = new HashSet<string?>();
        // Every seven minutes through three lifetimes of a key.
        for (var at = TimeSpan.Zero; at < TimeSpan.FromDays(3); at += TimeSpan.FromMinutes(7))
        {
            var token = await signing.Tokens.IssueAsync(Guid.CreateVersion7(), Guid.CreateVersion7(), Cancelled);
            kids.Add((await signing.Keys.CurrentAsync(Cancelled)).Id);
            Assert.Equal(AccessTokenFailure.None, (await verifying.Tokens.VerifyAsync(token.Value, Cancelled)).Failure);
            clock.Advance(TimeSpan.FromMinutes(7));
            Assert.Equal(AccessTokenFailure.None, (await verifying.Tokens.VerifyAsync(token.Value, Cancelled)).Failure);
        }

        Assert.InRange(kids.Count, 3, 4);
    }

    [Fact]
    public async Task Strangers_cannot_make_a_node_ask_the_database_more_than_every_five_seconds()
    {
        var node = Node();
        await node.Keys.CurrentAsync(Cancelled);

        Assert.False(await node.Keys.ReloadAsync(Cancelled));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await node.Keys.ReloadAsync(Cancelled));
        Assert.False(await node.Keys.ReloadAsync(Cancelled));
    }

    [Fact]
    public async Task A_token_ends_on_time_also_when_it_is_remembered()
    {
        var node = Node();
        var token = await node.Tokens.IssueAsync(Guid.CreateVersion7(), Guid.CreateVersion7(), Cancelled);
        Assert.Equal(AccessTokenFailure.None, (await node.Tokens.VerifyAsync(token.Value, Cancelled)).Failure);

        clock.Advance(token.Lifetime);

        Assert.Equal(AccessTokenFailure.Expired, (await node.Tokens.VerifyAsync(token.Value, Cancelled)).Failure);
    }

    [Fact, Trait("spec", "SE-3"), Trait("security", "SEC-KEY-05")]
    public async Task The_database_holds_no_secret_as_it_is()
    {
        var key = await Node().Keys.CurrentAsync(Cancelled);
        var stored = await SecretOfAsync(key.Id!);

        var secret = SecretKeyRing.Fields.Decrypt(SigningKeys.Secret, key.Id!, stored);

        Assert.Equal(32, secret.Length);
        Assert.Equal(-1, stored.AsSpan().IndexOf(secret));
    }

    [Fact, Trait("spec", "SE-3")]
    public async Task A_key_that_lay_open_before_still_verifies_is_encrypted_and_replaced()
    {
        var old = JwtKey.HS256("old", [.. Enumerable.Repeat((byte)7, 32)]);
        await using (var command = database.Login.CreateCommand("""
            insert into accounts.signing_key (kid, secret, created_at, retires_at) values ('old', decode(repeat('07', 32), 'hex'), $1, $2)
            """))
        {
            command.Parameters.AddWithValue(clock.GetUtcNow() - TimeSpan.FromHours(1));
            command.Parameters.AddWithValue(clock.GetUtcNow() + TimeSpan.FromDays(2));
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        var node = Node();
        Assert.Equal("old", (await node.Keys.CurrentAsync(Cancelled)).Id);
        Assert.Equal(old.Sign([1]), node.Keys.Find("old")!.Sign([1]));
        var stored = await SecretOfAsync("old");
        Assert.Equal(Enumerable.Repeat((byte)7, 32), SecretKeyRing.Fields.Decrypt(SigningKeys.Secret, "old", stored));

        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotEqual("old", (await node.Keys.CurrentAsync(Cancelled)).Id);
        Assert.NotNull(node.Keys.Find("old"));
        clock.Advance(TimeSpan.FromMinutes(20));
        await node.Keys.CurrentAsync(Cancelled);
        Assert.Null(node.Keys.Find("old"));
    }

    private async Task<byte[]> SecretOfAsync(string kid)
    {
        await using var command = database.Login.CreateCommand("select secret from accounts.signing_key where kid = $1");
        command.Parameters.AddWithValue(kid);
        return (byte[])(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private (SigningKeys Keys, AccessTokens Tokens) Node()
    {
        var keys = new SigningKeys(database.Database, SecretKeyRing.Fields, Options, clock, NullLogger<SigningKeys>.Instance);
        return (keys, new AccessTokens(keys, new EndedSessions(Options, clock), Options, clock));
    }
}
