using System.Net;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-03")]
public sealed class RecoveryCodesTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_are_ten_and_each_opens_once()
    {
        var ada = await server.SignedInAs("ada");
        var (_, codes) = await server.WithTotpAsync(ada);

        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$", code));
        await server.Anonymous.LogInAsync(ada, codes[3]).ShouldBeAsync(HttpStatusCode.OK);
        await RefusedAsync(ada, codes[3]);
        await server.Anonymous.LogInAsync(ada, codes[4]).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(8, (await ada.Client.SecurityAsync()).RecoveryCodesLeft);
        Assert.Equal(2, (await server.SentToAsync(ada.Email)).Count(mail => mail.Contains("A recovery code was used", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_twenty_who_bring_the_same_one_at_once_one_gets_in()
    {
        var ada = await server.SignedInAs("ada");
        var (_, codes) = await server.WithTotpAsync(ada);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Anonymous.LogInAsync(ada, codes[0])));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(9, (await ada.Client.SecurityAsync()).RecoveryCodesLeft);
    }

    [Fact]
    public async Task New_ones_void_the_old_ones()
    {
        var ada = await server.SignedInAs("ada");
        var (_, old) = await server.WithTotpAsync(ada);

        var renewed = await ada.Client.PostAsync("/api/me/recovery-codes", null, Stop).ReadAsync<RecoveryCodes>();

        await RefusedAsync(ada, old[0]);
        await server.Anonymous.LogInAsync(ada, renewed.Codes[0]).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(9, (await ada.Client.SecurityAsync()).RecoveryCodesLeft);
    }

    [Fact]
    public async Task They_are_no_codes_of_somebody_else_and_none_without_the_app()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        var (_, codes) = await server.WithTotpAsync(ada);

        await bob.Client.PostAsync("/api/me/recovery-codes", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await server.WithTotpAsync(bob);
        await RefusedAsync(bob, codes[0]);
    }

    [Fact]
    public async Task They_are_read_as_people_write_them()
    {
        var ada = await server.SignedInAs("ada");
        var (_, codes) = await server.WithTotpAsync(ada);

        var sloppy = codes[0].Replace("-", " ", StringComparison.Ordinal).ToUpperInvariant().Replace('0', 'O').Replace('1', 'l');

        await server.Anonymous.LogInAsync(ada, sloppy).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_database_has_their_slow_salted_hashes_alone()
    {
        var ada = await server.SignedInAs("ada");
        var (_, codes) = await server.WithTotpAsync(ada);
        var salt = (await server.ScalarAsync<byte[]>("select salt from accounts.totp where user_id = $1", ada.Id))!;

        foreach (var shown in codes)
        {
            Assert.True(RecoveryCode.TryRead(shown, out var code));
            Assert.Equal(1L, await server.ScalarAsync<long>(
                "select count(*) from accounts.recovery_code where user_id = $1 and hash = $2", ada.Id, RecoveryCode.Hash(code, salt)));
        }
    }

    private Task<Problem> RefusedAsync(TestUser user, string code) =>
        server.Anonymous.LogInAsync(user, code).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
}
