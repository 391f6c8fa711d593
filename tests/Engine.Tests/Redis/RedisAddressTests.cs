using Renexus.Engine.Redis;

namespace Renexus.Engine.Tests.Redis;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis://cache", "cache", 6379, null, null, false, 0)]
    [InlineData("redis://cache:7000/3", "cache", 7000, null, null, false, 3)]
    [InlineData("rediss://renexus:p%40ss@cache.example:6380", "cache.example", 6380, "renexus", "p@ss", true, 0)]
    [InlineData("redis://:secret@[::1]:6379", "::1", 6379, null, "secret", false, 0)]
    [InlineData("cache", "cache", 6379, null, null, false, 0)]
    [InlineData("cache:7000,password=a=b,user=renexus,ssl=true,defaultDatabase=2", "cache", 7000, "renexus", "a=b", true, 2)]
    public void Both_ways_of_writing_it_are_read(string text, string host, int port, string? user, string? password, bool isTls, int database) =>
        Assert.Equal(new RedisAddress(host, port, user, password, isTls, database), RedisAddress.Parse(text));

    [Theory]
    [InlineData("http://cache")]
    [InlineData("redis://")]
    [InlineData("cache:port")]
    [InlineData("cache,abortConnect=false")]
    [InlineData("password=secret")]
    [InlineData("")]
    public void A_mistake_is_told_without_the_password(string text) =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => RedisAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_log_does_not_see_the_password() =>
        Assert.DoesNotContain("secret", $"{RedisAddress.Parse("redis://:secret@cache")}", StringComparison.Ordinal);
}
