using Renexus.Contracts;

namespace Renexus.Server.Tests.Contracts;

[Trait("spec", "AU-1")]
public class EmailSyntaxTests
{
    public static TheoryData<string> TooLong => [$"{new string('a', 65)}@example.com", $"a@{new string('b', 64)}.com", $"a@{string.Join('.', Enumerable.Repeat(new string('b', 60), 5))}"];

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("Ada.Lovelace+renexus@mail.example.co.uk")]
    [InlineData("o'hara@example.com")]
    [InlineData("root@localhost")]
    [InlineData("жанна@пример.рф")]
    public void An_address_that_mail_could_reach_is_taken(string email) => Assert.True(new EmailSyntaxAttribute().IsValid(email));

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("@example.com")]
    [InlineData("ada@")]
    [InlineData("ada@@example.com")]
    [InlineData("ada@exa@mple.com")]
    [InlineData("ada lovelace@example.com")]
    [InlineData("ada@example..com")]
    [InlineData("ada@.example.com")]
    [InlineData("ada@-example.com")]
    [InlineData(".ada@example.com")]
    [InlineData("a..da@example.com")]
    [InlineData("ada@example.com\r\nBcc: all@example.com")]
    [InlineData("\"ada\"@example.com")]
    [InlineData("ada@example.com,bob@example.com")]
    [InlineData("<ada@example.com>")]
    [MemberData(nameof(TooLong))]
    public void Anything_else_is_refused(string email) => Assert.False(new EmailSyntaxAttribute().IsValid(email));
}
