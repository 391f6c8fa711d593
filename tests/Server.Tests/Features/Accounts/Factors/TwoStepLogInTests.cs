using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-02")]
public sealed class TwoStepLogInTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_the_app_has_shown_a_code_logging_in_asks_for_one()
    {
        var ada = await server.SignedInAs("ada");
        var enrolment = await ada.Client.PostAsync("/api/me/totp", null, Stop).ReadAsync<TotpEnrolment>();
        var app = new FactorsHttp.App(enrolment.Secret, server.Time);

        await server.Anonymous.LogInAsync(ada, code: null).ShouldBeAsync(HttpStatusCode.OK);
        await ada.Client.PostAsJsonAsync("/api/me/totp/confirm", new { code = app.Code(-1) }, Stop).ShouldBeAsync(HttpStatusCode.OK);

        using (var response = await server.Anonymous.LogInAsync(ada, code: null))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal(ProblemCodes.SecondFactorRequired, problem.GetProperty("code").GetString());
            Assert.Equal(["totp", "recovery"], problem.GetProperty("methods").EnumerateArray().Select(m => m.GetString()!));
        }

        var logIn = await server.Anonymous.LogInAsync(ada, app.Code()).ReadAsync<LoggedIn>();
        Assert.Equal(ada.Id, logIn.User.Id);
        Assert.True((await ada.Client.SecurityAsync()).Totp);
        Assert.StartsWith($"otpauth://totp/Renexus:{Uri.EscapeDataString(ada.Email)}?secret={enrolment.Secret}&", enrolment.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turning_codes_on_or_off_ends_no_log_in_and_is_mailed()
    {
        var ada = await server.SignedInAs("ada");
        await server.WithTotpAsync(ada);
        await ada.Client.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Contains((await server.SentToAsync(ada.Email)), mail => mail.Contains("Two-step log-in is on", StringComparison.Ordinal));

        await ada.Client.DeleteAsync("/api/me/totp", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await ada.Client.DeleteAsync("/api/me/totp", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.LogInAsync(ada, code: null).ShouldBeAsync(HttpStatusCode.OK);
        await ada.Client.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single((await server.SentToAsync(ada.Email)), mail => mail.Contains("Two-step log-in is off", StringComparison.Ordinal));
        var security = await ada.Client.SecurityAsync();
        Assert.Equal((false, 0), (security.Totp, security.RecoveryCodesLeft));
    }

    [Fact]
    public async Task A_code_opens_once_and_an_older_one_not_after_it()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);

        await server.Anonymous.LogInAsync(ada, app.Code(1)).ShouldBeAsync(HttpStatusCode.OK);

        await RefusedAsync(ada, app.Code(1));
        await RefusedAsync(ada, app.Code());
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await server.Anonymous.LogInAsync(ada, app.Code()).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_code_that_turned_it_on_does_not_open()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);

        await RefusedAsync(ada, app.Code(-1));
    }

    [Fact]
    public async Task Of_twenty_who_bring_the_same_code_at_once_one_gets_in()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);
        var code = app.Code();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Anonymous.LogInAsync(ada, code)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from accounts.session where user_id = $1", ada.Id));
    }

    [Fact]
    public async Task After_five_wrong_codes_none_is_taken_for_a_minute_and_the_owner_is_told_once()
    {
        var ada = await server.SignedInAs("ada");
        var (app, recovery) = await server.WithTotpAsync(ada);

        for (var i = 0; i < 5; i++)
            await RefusedAsync(ada, app.WrongCode());
        await RefusedAsync(ada, app.Code());
        Assert.Single((await server.SentToAsync(ada.Email)), mail => mail.Contains("Wrong codes for your account", StringComparison.Ordinal));
        // Who knows the password cannot keep the owner out.
        await server.Anonymous.LogInAsync(ada, recovery[0]).ShouldBeAsync(HttpStatusCode.OK);

        server.Time.Advance(TimeSpan.FromSeconds(61));
        await RefusedAsync(ada, app.WrongCode());
        server.Time.Advance(TimeSpan.FromSeconds(61));
        await RefusedAsync(ada, app.Code());
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await server.Anonymous.LogInAsync(ada, app.Code()).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Single((await server.SentToAsync(ada.Email)), mail => mail.Contains("Wrong codes for your account", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guesses_sent_all_at_once_are_counted_one_by_one()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);
        var wrong = app.WrongCode();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefusedAsync(ada, wrong)));

        Assert.Equal(5, await server.ScalarAsync<int>("select failures from accounts.totp where user_id = $1", ada.Id));
    }

    [Fact]
    public async Task A_wrong_password_says_nothing_of_second_factors()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);

        await server.Anonymous.LogInAsync(ada.Email, "not the password").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = ada.Email, password = "not the password", code = app.Code() }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.LogInAsync(ada, app.Code()).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-KEY-01")]
    [Trait("spec", "SE-3")]
    public async Task The_database_does_not_have_the_seed_and_it_opens_in_its_own_row_alone()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        await server.WithTotpAsync(ada);
        var (bobs, _) = await server.WithTotpAsync(bob);
        var enrolment = (await server.ScalarAsync<byte[]>("select seed from accounts.totp where user_id = $1", ada.Id))!;
        Assert.True(enrolment.Length > Totp.SeedBytes);

        await server.ScalarAsync<object>("update accounts.totp set seed = (select seed from accounts.totp where user_id = $2) where user_id = $1", ada.Id, bob.Id);

        // Ada's row now has Bob's seed: it must not let Bob's codes in.
        await server.Anonymous.LogInAsync(ada, bobs.Code()).ShouldBeAsync(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Beginning_again_draws_another_seed_until_one_is_confirmed()
    {
        var ada = await server.SignedInAs("ada");
        var first = await ada.Client.PostAsync("/api/me/totp", null, Stop).ReadAsync<TotpEnrolment>();
        var second = await ada.Client.PostAsync("/api/me/totp", null, Stop).ReadAsync<TotpEnrolment>();
        Assert.NotEqual(first.Secret, second.Secret);

        await ConfirmAsync(ada, new FactorsHttp.App(first.Secret, server.Time).Code()).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await ConfirmAsync(ada, new FactorsHttp.App(second.Secret, server.Time).Code()).ShouldBeAsync(HttpStatusCode.OK);
        await ConfirmAsync(ada, new FactorsHttp.App(second.Secret, server.Time).Code(1)).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await ada.Client.PostAsync("/api/me/totp", null, Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task Confirming_without_a_beginning_or_a_code_is_refused()
    {
        var ada = await server.SignedInAs("ada");

        await ConfirmAsync(ada, "123456").ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await ada.Client.PostAsJsonAsync("/api/me/totp/confirm", new { }, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    [Trait("security", "SEC-MFA-04")]
    public async Task With_a_second_factor_the_password_alone_is_no_fresh_proof_and_a_code_is()
    {
        var ada = await server.SignedInAs("ada");
        var (app, _) = await server.WithTotpAsync(ada);

        await StepUpAsync(ada, new { password = TestUser.Password }).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorRequired);
        await StepUpAsync(ada, new { code = app.WrongCode() }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await StepUpAsync(ada, new { password = "not the password", code = app.Code() }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await StepUpAsync(ada, new { code = app.Code() }).ShouldBeAsync(HttpStatusCode.NoContent);
        await StepUpAsync(ada, new { code = app.Code() }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await StepUpAsync(ada, new { password = TestUser.Password, code = app.Code(1) }).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    private Task<Problem> RefusedAsync(TestUser user, string code) =>
        server.Anonymous.LogInAsync(user, code).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);

    private static Task<HttpResponseMessage> ConfirmAsync(TestUser user, string code) => user.Client.PostAsJsonAsync("/api/me/totp/confirm", new { code }, Stop);

    private static Task<HttpResponseMessage> StepUpAsync(TestUser user, object proof) => user.Client.PostAsJsonAsync("/api/auth/step-up", proof, Stop);
}
