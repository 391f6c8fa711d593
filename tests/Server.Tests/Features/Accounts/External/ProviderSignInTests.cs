using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Renexus.Contracts;
using Renexus.Server.Tests.Features.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Signing in at a provider's page: the flow, what is not let through, and whose account it is.</summary>
[Trait("spec", "AU-8")]
public sealed class ProviderSignInTests(ProviderServer server) : IClassFixture<ProviderServer>, IAsyncLifetime
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Someone() => $"someone-{Guid.CreateVersion7():n}";

    // The first person runs the installation; nobody here does.
    public async ValueTask InitializeAsync() => await server.SignedInAs("operator");

    public ValueTask DisposeAsync()
    {
        (server.Provider.IsDown, server.Provider.UserInfo, server.Provider.ClaimedIssuer) = (false, null, null);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Somebody_new_gets_an_account_and_an_ordinary_log_in()
    {
        var (subject, email) = (Someone(), AccountsHttp.NewEmail());

        var logIn = await server.SignInAsync(subject, email).ReadAsync<LoggedIn>();

        Assert.Equal((email, true, "Ada Lovelace", false), (logIn.User.Email, logIn.User.EmailVerified, logIn.User.Name, logIn.User.IsOperator));
        await server.Anonymous.MeAsync(logIn.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        await server.Anonymous.RefreshAsync(logIn.RefreshToken).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(logIn.User.Id, (await server.SignInAsync(subject, email).ReadAsync<LoggedIn>()).User.Id);
        await RecordedAsync("POST /api/auth/providers/{providerId}/complete", logIn);
    }

    [Fact]
    public async Task The_way_there_is_tied_to_the_way_back_and_never_the_same()
    {
        var (one, two) = (await server.BeginAsync(), await server.BeginAsync(fresh: true));
        var (first, second) = (QueryHelpers.ParseQuery(new Uri(one.Address).Query), QueryHelpers.ParseQuery(new Uri(two.Address).Query));

        Assert.StartsWith(server.Provider.Issuer + "/authorize?tenant=1&", one.Address, StringComparison.Ordinal);
        Assert.Equal(
            ("code", ProviderServer.ClientId, $"{ProviderServer.Origin}/sign-in/company", "openid email profile", "S256"),
            (first["response_type"].ToString(), first["client_id"].ToString(), first["redirect_uri"].ToString(), first["scope"].ToString(), first["code_challenge_method"].ToString()));
        Assert.Equal(("login", "0"), (second["prompt"].ToString(), second["max_age"].ToString()));
        Assert.False(first.ContainsKey("prompt"));
        foreach (var name in (string[])["state", "nonce", "code_challenge"])
        {
            Assert.Equal(43, first[name].ToString().Length);
            Assert.NotEqual(first[name], second[name]);
        }

        Assert.Equal(3, new[] { first["state"], first["nonce"], first["code_challenge"] }.Distinct().Count());
    }

    [Fact]
    [Trait("security", "SEC-CSRF-02")]
    public async Task A_browser_keeps_what_ties_it_where_no_script_reads_it_and_loses_it_by_coming_back()
    {
        using var begin = Browser("/api/auth/providers/company/begin", new { });
        using var begun = await server.Anonymous.SendAsync(begin, Stop);
        var sent = await begun.Content.ReadFromJsonAsync<ProviderSignIn>(Stop);
        var cookie = begun.Headers.GetValues("Set-Cookie").Single();
        foreach (var attribute in (string[])["__Secure-renexus-sign-in=", "secure", "httponly", "samesite=strict", "path=/api/auth"])
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Null(sent!.Flow);

        var answer = server.ComeBack(sent, Someone());
        using var complete = Browser("/api/auth/providers/company/complete", new { code = answer.Code, state = answer.State }, cookie.Split(';')[0]);
        using var completed = await server.Anonymous.SendAsync(complete, Stop);

        Assert.Equal(HttpStatusCode.OK, completed.StatusCode);
        var cookies = completed.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Contains(cookies, c => c.StartsWith("__Secure-renexus-sign-in=;", StringComparison.Ordinal) && c.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(cookies, c => c.StartsWith("__Secure-renexus-refresh=", StringComparison.Ordinal));
        Assert.Null((await completed.Content.ReadFromJsonAsync<LoggedIn>(Stop))!.RefreshToken);
    }

    [Fact]
    [Trait("security", "SEC-CSRF-02")]
    public async Task What_another_browser_began_is_not_finished_here_and_its_code_stays_good_there()
    {
        var (mine, theirs) = (await server.BeginAsync(), await server.BeginAsync());
        var answer = server.ComeBack(theirs, Someone());

        await server.CompleteAsync(answer with { Flow = mine.Flow }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await server.CompleteAsync(answer with { Flow = null }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await server.CompleteAsync(answer with { State = "guessed" }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        await server.CompleteAsync(answer).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_code_works_once_and_not_with_another_verifier()
    {
        var (mine, theirs) = (await server.BeginAsync(), await server.BeginAsync());
        var stolen = server.ComeBack(theirs, Someone());
        var own = server.ComeBack(mine, Someone());

        await server.CompleteAsync(own with { Code = stolen.Code }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await server.CompleteAsync(own).ShouldBeAsync(HttpStatusCode.OK);
        await server.CompleteAsync(own).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task The_code_is_redeemed_with_the_secret_as_the_provider_wants_it()
    {
        await server.SignInAsync(Someone()).ShouldBeAsync(HttpStatusCode.OK);
        var (form, authorization) = server.LastRedeemed;
        // RFC 6749, 2.3.1: encoded before they are joined, so that a colon in a secret stays one.
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("renexus%20at%20provider:s3cret%3Awith%2Fodd%20characters")), authorization);
        Assert.DoesNotContain("client_secret", form.Keys);
        Assert.Equal(("authorization_code", $"{ProviderServer.Origin}/sign-in/company"), (form["grant_type"], form["redirect_uri"]));
    }

    public static TheoryData<string> Lies =>
        ["nonce", "no nonce", "audience", "another party", "two audiences", "expired", "not yet", "issuer", "no subject", "unsigned", "other key"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task An_identity_token_that_does_not_hold_lets_nobody_in(string lie)
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        var before = await server.ScalarAsync<long>("select count(*) from accounts.session");
        server.Provider.AddRsa("of somebody else");
        server.Provider.Withdraw("of somebody else");
        var redeem = server.Provider.Redeem!;
        server.Provider.Redeem = (form, authorization) =>
        {
            var answer = redeem(form, authorization);
            if (lie == "unsigned")
                answer["id_token"] = Unsigned(answer["id_token"]!.GetValue<string>());
            if (lie == "other key")
                answer["id_token"] = server.Provider.Sign(PayloadOf(answer["id_token"]!.GetValue<string>()), "of somebody else");
            return answer;
        };

        var sent = await server.BeginAsync();
        var answer = server.ComeBack(sent, Someone(), change: claims =>
        {
            switch (lie)
            {
                case "nonce": claims["nonce"] = "of another sign-in"; break;
                case "no nonce": claims.Remove("nonce"); break;
                case "audience": claims["aud"] = "somebody else"; break;
                case "another party": claims["azp"] = "somebody else"; break;
                case "two audiences": claims["aud"] = new JsonArray(ProviderServer.ClientId, "somebody else"); break;
                case "expired": claims["exp"] = now - 60; break;
                case "not yet": claims["iat"] = now + 600; break;
                case "issuer": claims["iss"] = "https://evil.example"; break;
                case "no subject": claims.Remove("sub"); break;
            }
        });
        using var refused = await server.CompleteAsync(answer);
        server.Provider.Redeem = redeem;

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(before, await server.ScalarAsync<long>("select count(*) from accounts.session"));
    }

    [Fact]
    public async Task A_provider_that_is_away_or_somebody_else_is_said_so()
    {
        var sent = await server.BeginAsync();
        var answer = server.ComeBack(sent, Someone());
        server.Provider.IsDown = true;
        await server.CompleteAsync(answer).ShouldBeProblemAsync(HttpStatusCode.BadGateway, ProblemCodes.ProviderFailed);
        server.Time.Advance(TimeSpan.FromMinutes(6)); // what was read of it is read again
        await BeginProblemAsync(HttpStatusCode.BadGateway);

        (server.Provider.IsDown, server.Provider.ClaimedIssuer) = (false, "https://evil.example");
        await BeginProblemAsync(HttpStatusCode.BadGateway);
        server.Provider.ClaimedIssuer = null;
        await server.SignInAsync(Someone()).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_account_with_a_password_is_not_given_to_a_provider_and_its_owner_is_told_the_way()
    {
        var ada = await server.SignedInAs("ada");
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now() where id = $1", ada.Id);

        var problem = await server.SignInAsync(Someone(), ada.Email).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        Assert.Contains("connect Company", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.external_identity where user_id = $1", ada.Id));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from accounts.session where user_id = $1", ada.Id));
    }

    [Fact]
    public async Task An_account_without_a_password_is_linked_by_the_address_that_both_have_proven_and_its_owner_is_told()
    {
        var ada = await server.SignedInAs("ada");
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now(), password_hash = null where id = $1", ada.Id);

        Assert.Equal(ada.Id, (await server.SignInAsync(Someone(), ada.Email).ReadAsync<LoggedIn>()).User.Id);

        await server.MailToAsync(ada.Email, mail => mail.Contains("Company opens your account", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_that_the_provider_has_not_proven_links_nothing()
    {
        var ada = await server.SignedInAs("ada");
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now(), password_hash = null where id = $1", ada.Id);

        var logIn = await server.SignInAsync(Someone(), ada.Email, isVerified: false).ReadAsync<LoggedIn>();

        Assert.NotEqual(ada.Id, logIn.User.Id);
        Assert.EndsWith("@external.invalid", logIn.User.Email, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_who_come_at_once_for_the_first_time_one_account_is_made()
    {
        var (subject, email) = (Someone(), AccountsHttp.NewEmail());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.SignInAsync(subject, email).ReadAsync<LoggedIn>()));

        Assert.Single(answers.Select(answer => answer.User.Id).Distinct());
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from accounts.external_identity where subject = $1", subject));
    }

    [Fact]
    public async Task What_the_token_does_not_tell_is_asked_for_and_only_believed_of_the_same_person()
    {
        var (subject, email) = (Someone(), AccountsHttp.NewEmail());
        server.Provider.UserInfo = new JsonObject { ["sub"] = subject, ["email"] = email, ["email_verified"] = true };
        Assert.Equal(email, (await server.SignInAsync(subject).ReadAsync<LoggedIn>()).User.Email);

        server.Provider.UserInfo = new JsonObject { ["sub"] = Someone(), ["email"] = AccountsHttp.NewEmail(), ["email_verified"] = true };
        await server.SignInAsync(Someone()).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task An_account_is_connected_by_its_owner_and_then_opened_by_the_provider()
    {
        var (ada, subject) = (await server.SignedInAs("ada"), Someone());

        await ConnectAsync(ada, subject).ShouldBeAsync(HttpStatusCode.NoContent);
        await ConnectAsync(ada, subject).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(ada.Id, (await server.SignInAsync(subject, AccountsHttp.NewEmail()).ReadAsync<LoggedIn>()).User.Id);
        var connected = Assert.Single((await ada.Client.GetAsync("/api/me/identities", Stop).ReadAsync<ConnectedIdentities>()).Items);
        Assert.Equal(("company", "Company", server.Provider.Issuer), (connected.ProviderId, connected.Name, connected.Issuer));
        await server.MailToAsync(ada.Email, mail => mail.Contains("Company opens your account", StringComparison.Ordinal));
        await RecordedAsync("POST /api/auth/providers/{providerId}/connect", ada.Id);
        // Somebody else at the provider, and somebody else here.
        await ConnectAsync(ada, Someone()).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await ConnectAsync(await server.SignedInAs("bob"), subject).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    [Trait("security", "SEC-MFA-04")]
    public async Task Connecting_and_disconnecting_want_a_fresh_proof()
    {
        var (ada, subject) = (await server.SignedInAs("ada"), Someone());
        await ConnectAsync(ada, subject).ShouldBeAsync(HttpStatusCode.NoContent);
        await server.ScalarAsync<object>("update accounts.session set created_at = created_at - interval '1 hour' where user_id = $1", ada.Id);

        await ConnectAsync(ada, subject).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
        await ada.Client.DeleteAsync("/api/me/identities/company", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
    }

    [Fact]
    public async Task What_was_disconnected_opens_nothing_any_more()
    {
        var (ada, subject) = (await server.SignedInAs("ada"), Someone());
        await ConnectAsync(ada, subject).ShouldBeAsync(HttpStatusCode.NoContent);

        await ada.Client.DeleteAsync("/api/me/identities/company", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await ada.Client.DeleteAsync("/api/me/identities/company", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        Assert.NotEqual(ada.Id, (await server.SignInAsync(subject).ReadAsync<LoggedIn>()).User.Id);
        await RecordedAsync("DELETE /api/me/identities/{providerId}", ada.Id);
    }

    [Fact]
    public async Task The_only_way_in_is_not_taken_away()
    {
        var logIn = await server.SignInAsync(Someone()).ReadAsync<LoggedIn>(); // no address, no password
        using var client = Client(logIn);

        await client.DeleteAsync("/api/me/identities/company", Stop).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    [Trait("security", "SEC-MFA-04")]
    public async Task Who_has_no_password_proves_it_anew_at_the_provider()
    {
        var subject = Someone();
        var logIn = await server.SignInAsync(subject).ReadAsync<LoggedIn>();
        using var client = Client(logIn);
        await client.GetAsync("/api/me/export", Stop).ShouldBeAsync(HttpStatusCode.OK); // just proven there
        server.Time.Advance(TimeSpan.FromMinutes(14)); // the access token still holds
        await server.ScalarAsync<object>("update accounts.session set proven_at = proven_at - interval '5 minutes' where user_id = $1", logIn.User.Id);
        await client.GetAsync("/api/me/export", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);

        // Somebody else at the provider, and somebody who has been there for long, prove nothing.
        await ProveAsync(client, Someone()).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await ProveAsync(client, subject, claims => claims["auth_time"] = server.Time.GetUtcNow().AddHours(-1).ToUnixTimeSeconds())
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await client.GetAsync("/api/me/export", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);

        await ProveAsync(client, subject).ShouldBeAsync(HttpStatusCode.NoContent);
        await client.GetAsync("/api/me/export", Stop).ShouldBeAsync(HttpStatusCode.OK);
        await RecordedAsync("POST /api/auth/providers/{providerId}/prove", logIn.User.Id);
    }

    [Fact]
    [Trait("security", "SEC-MFA-04")]
    public async Task Who_came_from_a_provider_that_names_no_proof_has_none()
    {
        var answer = server.ComeBack(await server.BeginAsync(), Someone(), change: claims => claims.Remove("auth_time"));
        using var client = Client(await server.CompleteAsync(answer).ReadAsync<LoggedIn>());

        await client.GetAsync("/api/me/export", Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
    }

    [Theory]
    [InlineData("""{"state":"a"}""", "code")]
    [InlineData("""{"code":"a"}""", "state")]
    [InlineData("""{"code":"a","state":"b","issuer":"https://evil.example"}""", "issuer")]
    public async Task An_answer_that_makes_no_sense_is_refused(string body, string field)
    {
        var problem = await server.Anonymous.PostAsync("/api/auth/providers/company/complete", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Fact]
    public async Task Only_what_is_configured_is_there()
    {
        var list = await server.Anonymous.GetAsync("/api/auth/providers", Stop).ReadAsync<SignInProviderList>();
        Assert.Equal([new SignInProviderInfo("company", "Company")], list.Items);

        await server.Anonymous.PostAsJsonAsync("/api/auth/providers/other/begin", new { }, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    private Task<Problem> BeginProblemAsync(HttpStatusCode status) =>
        server.Anonymous.PostAsJsonAsync("/api/auth/providers/company/begin", new { }, Stop).ShouldBeProblemAsync(status, ProblemCodes.ProviderFailed);

    private async Task<HttpResponseMessage> ConnectAsync(TestUser user, string subject) =>
        await user.Client.PostAsJsonAsync("/api/auth/providers/company/connect", server.ComeBack(await server.BeginAsync(), subject), Stop);

    private async Task<HttpResponseMessage> ProveAsync(HttpClient client, string subject, Action<JsonObject>? change = null) =>
        await client.PostAsJsonAsync("/api/auth/providers/company/prove", server.ComeBack(await server.BeginAsync(fresh: true), subject, change: change), Stop);

    private HttpClient Client(LoggedIn logIn)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", logIn.AccessToken);
        return client;
    }

    private static HttpRequestMessage Browser(string path, object body, string? cookie = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Renexus-Client", "browser");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return request;
    }

    private Task RecordedAsync(string operation, LoggedIn logIn) => RecordedAsync(operation, logIn.User.Id);

    private async Task RecordedAsync(string operation, Guid person) => Assert.Equal(
        1L,
        await server.ScalarAsync<long>(
            "select count(distinct action) from engine.audit_entry where person_id = $1 and action = $2", person, RecordedOperations.ByProviders[operation].Name));

    private static JsonObject PayloadOf(string token) => JsonNode.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1]))!.AsObject();

    private static string Unsigned(string token) =>
        $"{WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "none", typ = "JWT" }))}.{token.Split('.')[1]}.";
}

/// <summary>A server that lets in only who has an account.</summary>
[Trait("spec", "AU-8")]
public sealed class ClosedProviderTests(ClosedProviderTests.ClosedServer server) : IClassFixture<ClosedProviderTests.ClosedServer>
{
    [Fact]
    public async Task Who_has_no_account_is_not_given_one()
    {
        await server.SignInAsync("somebody new").ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from accounts.user_account"));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where action = 'session.refused'"));
    }

    public sealed class ClosedServer : ProviderServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Identity:AdmitNewPeople", "false")];
    }
}
