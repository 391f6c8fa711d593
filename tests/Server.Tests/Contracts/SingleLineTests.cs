using Renexus.Contracts;

namespace Renexus.Server.Tests.Contracts;

[Trait("spec", "SE-2")]
public class SingleLineTests
{
    [Theory]
    [InlineData("Ada Lovelace")]
    [InlineData("عائشة")]
    [InlineData("👩‍💻 team")]
    public void Visible_text_is_taken(string name) => Assert.True(new SingleLineAttribute().IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Ada\r\nBcc: all@example.com")]
    [InlineData("Ada\u2028Lovelace")]
    [InlineData("Ada\u202Egnp.exe")]
    [InlineData("Ada\u0000")]
    [InlineData("Ada\u2066Lovelace")]
    public void What_breaks_lines_or_turns_text_around_is_refused(string name) => Assert.False(new SingleLineAttribute().IsValid(name));
}
