using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-01")]
public sealed class PasskeysTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_is_added_named_used_and_removed()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        var added = await AddAsync(ada, device, "  Laptop  ");
        Assert.Equal(("Laptop", (DateTimeOffset?)null), (added.Name, added.LastUsedAt));

        var logIn = await LogInAsync(device).ReadAsync<LoggedIn>();
        Assert.Equal(ada.Id, logIn.User.Id);
        await server.Anonymous.MeAsync(logIn.AccessToken).ShouldBeAsync(HttpStatusCode.OK);

        var renamed = await ada.Client.PatchAsJsonAsync($"/api/me/passkeys/{added.Id}", new { name = "Old laptop" }, Stop).ReadAsync<Passkey>();
        Assert.Equal("Old laptop", renamed.Name);
        var listed = Assert.Single((await ada.Client.SecurityAsync()).Passkeys);
        Assert.Equal((added.Id, "Old laptop", server.Time.GetUtcNow()), (listed.Id, listed.Name, listed.LastUsedAt));

        await ada.Client.DeleteAsync($"/api/me/passkeys/{added.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await ada.Client.DeleteAsync($"/api/me/passkeys/{added.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await RefusedAsync(LogInAsync(device));
        var mails = (await server.SentToAsync(ada.Email));
        Assert.Contains(mails, mail => mail.Contains("A passkey was added", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.Contains("A passkey was removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_browser_gets_its_refresh_token_in_the_cookie()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var challenge = await ChallengeAsync(server.Anonymous);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/passkey") { Headers = { { "X-Renexus-Client", "browser" } } };
        request.Content = JsonContent.Create(new { challengeId = challenge.ChallengeId, credential = device.Get(challenge.Options) });
        using var response = await server.Anonymous.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(response.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("renexus-refresh", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_is_answered_once()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var challenge = await ChallengeAsync(server.Anonymous);
        var credential = device.Get(challenge.Options);

        await AnswerAsync(challenge, credential).ShouldBeAsync(HttpStatusCode.OK);

        await RefusedAsync(AnswerAsync(challenge, credential));
        await RefusedAsync(AnswerAsync(challenge, device.Get(challenge.Options)));
    }

    [Fact]
    public async Task Of_twenty_who_bring_the_same_answer_at_once_one_gets_in()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var challenge = await ChallengeAsync(server.Anonymous);
        var credential = device.Get(challenge.Options);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AnswerAsync(challenge, credential)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_wrong_answer_uses_the_challenge_up()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var challenge = await ChallengeAsync(server.Anonymous);

        device.Origin = "https://renexus.example.evil.example";
        await RefusedAsync(AnswerAsync(challenge, device.Get(challenge.Options)));
        device.Origin = FactorsServer.Origin;
        await RefusedAsync(AnswerAsync(challenge, device.Get(challenge.Options)));
    }

    [Fact]
    public async Task A_challenge_is_good_for_five_minutes()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var (first, second) = (await ChallengeAsync(server.Anonymous), await ChallengeAsync(server.Anonymous));

        server.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await AnswerAsync(first, device.Get(first.Options)).ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await RefusedAsync(AnswerAsync(second, device.Get(second.Options)));

        server.Time.Advance(TimeSpan.FromSeconds(1));
        await ChallengeAsync(server.Anonymous);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.passkey_challenge where id = $1", second.ChallengeId));
    }

    public static TheoryData<string> Lies => ["origin", "scheme", "frame", "party", "untouched", "unverified", "challenge"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task An_answer_that_is_not_for_us_opens_nothing(string lie)
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        var challenge = await ChallengeAsync(server.Anonymous);
        var other = await ChallengeAsync(server.Anonymous);

        switch (lie)
        {
            case "origin": device.Origin = "https://evil.example"; break;
            case "scheme": device.Origin = "http://renexus.example"; break;
            case "frame": device.IsFramed = true; break;
            case "party": device.RelyingParty = "evil.example"; break;
            case "untouched": device.IsTouched = false; break;
            case "unverified": device.VerifiesUser = false; break;
        }

        await RefusedAsync(AnswerAsync(challenge, device.Get(lie == "challenge" ? other.Options : challenge.Options)));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_use_passkeys_too()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.FriendlyOrigin);

        await AddAsync(ada, device);
        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_Host_header_decides_nothing()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/passkey/challenge") { Headers = { Host = "evil.example" } };
        var challenge = await server.Anonymous.SendAsync(request, Stop).ReadAsync<PasskeyChallenge>();
        Assert.Equal("renexus.example", challenge.Options.GetProperty("rpId").GetString());

        device.Origin = "https://evil.example";
        using var answer = new HttpRequestMessage(HttpMethod.Post, "/api/auth/passkey") { Headers = { Host = "evil.example" } };
        answer.Content = JsonContent.Create(new { challengeId = challenge.ChallengeId, credential = device.Get(challenge.Options) });
        await RefusedAsync(server.Anonymous.SendAsync(answer, Stop));
    }

    [Fact]
    public async Task A_counter_that_goes_back_is_refused_and_the_owner_is_told()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin) { Counter = 10 };
        await AddAsync(ada, device);
        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);

        device.Counter = 10;
        await RefusedAsync(LogInAsync(device));
        device.Counter = 4;
        await RefusedAsync(LogInAsync(device));

        Assert.Equal(2, (await server.SentToAsync(ada.Email)).Count(mail => mail.Contains("A passkey may have been copied", StringComparison.Ordinal)));
        device.Counter = 20;
        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_authenticator_that_does_not_count_is_let_in_again_and_again()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin) { Counts = false };
        await AddAsync(ada, device);

        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_passkey_is_the_second_factor_where_one_is_asked_for_and_need_not_verify_then()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        using var foreign = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        await AddAsync(await server.SignedInAs("eve"), foreign);
        await server.Anonymous.LogInAsync(ada, code: null).ShouldBeAsync(HttpStatusCode.OK);
        await server.WithTotpAsync(ada);
        device.VerifiesUser = false;

        var asked = await AskedForSecondFactorAsync(ada);
        Assert.Equal(["totp", "recovery", "passkey"], asked.Methods);
        await PasswordAndAsync(ada, asked.Passkey, foreign).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
        await PasswordAndAsync(ada, asked.Passkey, device).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);

        asked = await AskedForSecondFactorAsync(ada);
        await PasswordAndAsync(ada, asked.Passkey, device).ShouldBeAsync(HttpStatusCode.OK);

        // What answers after a password does not answer instead of one.
        asked = await AskedForSecondFactorAsync(ada);
        await RefusedAsync(AnswerAsync(asked.Passkey, device.Get(asked.Passkey.Options)));
    }

    [Fact]
    public async Task Logging_in_by_passkey_asks_for_no_code()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        await server.WithTotpAsync(ada);

        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-MFA-04")]
    public async Task A_passkey_of_ones_own_is_a_fresh_proof()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        using var foreign = new SoftwareAuthenticator(FactorsServer.Origin);
        await AddAsync(ada, device);
        await AddAsync(eve, foreign);

        foreach (var asker in new[] { ada.Client, server.Anonymous })
        {
            var challenge = await ChallengeAsync(asker);
            await StepUpAsync(ada, challenge, foreign).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
            challenge = await ChallengeAsync(asker);
            await StepUpAsync(ada, challenge, device).ShouldBeAsync(HttpStatusCode.NoContent);
        }

        var adas = await ChallengeAsync(ada.Client);
        Assert.Equal(1, adas.Options.GetProperty("allowCredentials").GetArrayLength());
        await StepUpAsync(eve, adas, foreign).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
        var unverified = await ChallengeAsync(ada.Client);
        device.VerifiesUser = false;
        await StepUpAsync(ada, unverified, device).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.SecondFactorInvalid);
    }

    [Fact]
    public async Task A_passkey_is_added_for_who_asked_and_once()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        var challenge = await BeginAsync(ada);
        var made = new { challengeId = challenge.ChallengeId, name = "Laptop", credential = device.Create(challenge.Options) };

        await eve.Client.PostAsJsonAsync("/api/me/passkeys", made, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await ada.Client.PostAsJsonAsync("/api/me/passkeys", made, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await ada.Client.PostAsJsonAsync("/api/me/passkeys", made, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        var again = await BeginAsync(eve);
        var stolen = new { challengeId = again.ChallengeId, name = "Laptop", credential = device.Create(again.Options) };
        await eve.Client.PostAsJsonAsync("/api/me/passkeys", stolen, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Empty((await eve.Client.SecurityAsync()).Passkeys);
    }

    [Fact]
    public async Task A_passkey_made_for_another_page_is_not_added()
    {
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator("https://evil.example");
        var challenge = await BeginAsync(ada);

        await ada.Client.PostAsJsonAsync(
            "/api/me/passkeys", new { challengeId = challenge.ChallengeId, name = "Laptop", credential = device.Create(challenge.Options) }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task Somebody_elses_passkey_is_not_there()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        var passkey = await AddAsync(ada, device);

        await eve.Client.PatchAsJsonAsync($"/api/me/passkeys/{passkey.Id}", new { name = "Mine" }, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await eve.Client.DeleteAsync($"/api/me/passkeys/{passkey.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Empty((await eve.Client.SecurityAsync()).Passkeys);
        await LogInAsync(device).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nonsense_is_refused_and_breaks_nothing()
    {
        var ada = await server.SignedInAs("ada");
        foreach (var credential in new object[] { "text", 7, new { }, new { id = "!", response = new { } }, new { id = "AA", rawId = "AA", type = "public-key", response = new { clientDataJSON = "AA" } } })
        {
            var challenge = await ChallengeAsync(server.Anonymous);
            await RefusedAsync(AnswerAsync(challenge, credential));
            var begun = await BeginAsync(ada);
            await ada.Client.PostAsJsonAsync("/api/me/passkeys", new { challengeId = begun.ChallengeId, name = "Laptop", credential }, Stop)
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        }

        await server.Anonymous.PostAsJsonAsync("/api/auth/passkey", new { }, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await RefusedAsync(server.Anonymous.PostAsJsonAsync("/api/auth/passkey", new { challengeId = Guid.NewGuid(), credential = new { } }, Stop));
    }

    private async Task<Passkey> AddAsync(TestUser user, SoftwareAuthenticator device, string name = "Laptop")
    {
        var challenge = await BeginAsync(user);
        return await user.Client.PostAsJsonAsync(
            "/api/me/passkeys", new { challengeId = challenge.ChallengeId, name, credential = device.Create(challenge.Options) }, Stop)
            .ReadAsync<Passkey>(HttpStatusCode.Created);
    }

    private static Task<PasskeyChallenge> BeginAsync(TestUser user) => user.Client.PostAsync("/api/me/passkeys/challenge", null, Stop).ReadAsync<PasskeyChallenge>();

    private static Task<PasskeyChallenge> ChallengeAsync(HttpClient client) =>
        client.PostAsJsonAsync("/api/auth/passkey/challenge", new { }, Stop).ReadAsync<PasskeyChallenge>();

    private async Task<HttpResponseMessage> LogInAsync(SoftwareAuthenticator device)
    {
        var challenge = await ChallengeAsync(server.Anonymous);
        return await AnswerAsync(challenge, device.Get(challenge.Options));
    }

    private Task<HttpResponseMessage> AnswerAsync(PasskeyChallenge challenge, object credential) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/passkey", new { challengeId = challenge.ChallengeId, credential }, Stop);

    private static Task<HttpResponseMessage> StepUpAsync(TestUser user, PasskeyChallenge challenge, SoftwareAuthenticator device) =>
        user.Client.PostAsJsonAsync(
            "/api/auth/step-up", new { passkey = new { challengeId = challenge.ChallengeId, credential = device.Get(challenge.Options) } }, Stop);

    private Task<HttpResponseMessage> PasswordAndAsync(TestUser user, PasskeyChallenge challenge, SoftwareAuthenticator device) =>
        server.Anonymous.PostAsJsonAsync(
            "/api/auth/login",
            new { email = user.Email, password = TestUser.Password, passkey = new { challengeId = challenge.ChallengeId, credential = device.Get(challenge.Options) } },
            Stop);

    private async Task<(string[] Methods, PasskeyChallenge Passkey)> AskedForSecondFactorAsync(TestUser user)
    {
        using var response = await server.Anonymous.LogInAsync(user, code: null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (
            [.. problem.GetProperty("methods").EnumerateArray().Select(m => m.GetString()!)],
            problem.GetProperty("passkey").Deserialize<PasskeyChallenge>(ContractsJson.Lenient.Options)!);
    }

    private static Task<Problem> RefusedAsync(Task<HttpResponseMessage> sending) =>
        sending.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
}
