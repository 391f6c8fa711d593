using Renexus.Server.Features.Accounts;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-2")]
[Trait("security", "SEC-SESS-02")]
public class SecretTokenTests
{
    [Fact]
    public void A_token_is_43_characters_of_base64url_and_reads_back_as_itself()
    {
        var token = SecretToken.New();

        Assert.Matches("^[A-Za-z0-9_-]{43}$", token.Reveal());
        Assert.True(SecretToken.TryParse(token.Reveal(), out var read));
        Assert.Equal(token.Hash(), read.Hash());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé")]
    public void Anything_else_is_nobodys_token(string? text) => Assert.False(SecretToken.TryParse(text, out _));

    [Fact]
    public void A_token_has_one_successor_under_a_seed_and_another_under_another()
    {
        var token = SecretToken.New();
        byte[] seed = [1, 2, 3];

        Assert.Equal(token.Successor(seed).Hash(), token.Successor(seed).Hash());
        Assert.NotEqual(token.Successor(seed).Hash(), token.Successor([1, 2, 4]).Hash());
        Assert.NotEqual(token.Successor(seed).Hash(), SecretToken.New().Successor(seed).Hash());
    }
}
