using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Tests.Features.Accounts.Keys;

[Trait("spec", "AU-9")]
[Trait("security", "SEC-SESS-10")]
public sealed class KeyTextTests
{
    [Fact]
    public void Keys_look_as_scanners_of_secrets_expect_and_are_never_the_same()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => KeyText.New()).ToArray();

        Assert.All(keys, key => Assert.Matches("^rnx_[0-9A-Za-z]{49}$", key));
        Assert.All(keys, key => Assert.True(KeyText.IsWellFormed(key)));
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    // CRC-32C's check value (RFC 3720, B.4: "123456789" gives e3069283) is in the library; this pins our writing of it down.
    [Fact]
    public void The_checksum_does_not_change_between_versions() =>
        Assert.True(KeyText.IsWellFormed("rnx_" + new string('0', 43) + Ending("rnx_" + new string('0', 43))));

    [Fact]
    public void Whatever_is_mistyped_is_no_key()
    {
        var key = KeyText.New();
        for (var i = 0; i < key.Length; i++)
        {
            var typo = key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..];
            Assert.False(KeyText.IsWellFormed(typo), typo);
        }

        Assert.All(["", "rnx_", key[..^1], key + "0", key.ToUpperInvariant(), "rny_" + key[4..], key[..^1] + "é"], text => Assert.False(KeyText.IsWellFormed(text)));
    }

    [Theory]
    [InlineData("threads:read", "threads:read", true)]
    [InlineData("threads:write", "threads:read", true)]
    [InlineData("threads:read", "threads:write", false)]
    [InlineData("threads:write", "workspaces:read", false)]
    [InlineData("read", "threads:read", true)]
    [InlineData("read", "threads:write", false)]
    [InlineData("write", "threads:write", true)]
    [InlineData("write", "account:read", true)]
    [InlineData("write", "workspaces:admin", false)]
    [InlineData("workspaces:admin", "workspaces:read", true)]
    [InlineData("workspaces:admin", "threads:read", false)]
    public void A_scope_covers_the_weaker_ones_of_its_area(string granted, string needed, bool covers) => Assert.Equal(covers, KeyScopes.Covers(granted, needed));

    // Bit by bit, unlike the library.
    private static string Ending(string body)
    {
        var crc = uint.MaxValue;
        foreach (var c in body)
        {
            crc ^= c;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        crc = ~crc;
        var digits = new Stack<char>();
        for (var i = 0; i < 6; i++, crc /= 62)
            digits.Push("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(crc % 62)]);
        return string.Concat(digits);
    }
}
