using System.Text;
using Renexus.Server.Features.Accounts.Factors;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-02")]
public sealed class TotpTests
{
    private static readonly byte[] Seed = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, the rows of SHA-1: the vectors have eight digits, ours are the last six of them.
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void The_published_vectors_come_out(long time, string code)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time);

        Assert.Equal(code[2..], Totp.CodeAt(Seed, Totp.StepAt(now)));
        Assert.Equal(Totp.StepAt(now), Totp.StepOf(code[2..], Seed, now));
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_step_to_either_side_is_good_and_no_more(int steps, bool isGood)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var code = Totp.CodeAt(Seed, Totp.StepAt(now) + steps);

        Assert.Equal(isGood ? Totp.StepAt(now) + steps : null, Totp.StepOf(code, Seed, now));
    }

    // RFC 4648, section 10, and twice five bytes in a row.
    [Theory]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobafooba", "MZXW6YTBMZXW6YTB")]
    public void Seeds_are_written_as_apps_read_them(string text, string expected) =>
        Assert.Equal(expected, Base32.Encode(Encoding.ASCII.GetBytes(text), Base32.Rfc4648));

    [Fact]
    public void The_uri_names_the_account_and_escapes_it() =>
        Assert.Equal(
            "otpauth://totp/Renexus:ada%2Bwork%40example.com?secret=ABC&issuer=Renexus&algorithm=SHA1&digits=6&period=30",
            Totp.UriOf("ada+work@example.com", "ABC"));
}
