using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Tests.Architecture;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Server.Tests.Features.Accounts.Factors;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>What people do to their accounts, and how they come in, stands in their own trail, without what they know or hold.</summary>
[Trait("spec", "SE-4")]
public sealed class PersonalTrailTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private static readonly string[] KeyScope = ["read"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("security", "SEC-AUD-02")]
    [Trait("security", "SEC-KEY-05")]
    public async Task Everything_one_does_to_oneself_is_recorded_and_no_secret_is()
    {
        var secrets = new List<string> { TestUser.Password };
        var findings = new List<string>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var ada = await server.SignedInAs("ada");
        using var device = new SoftwareAuthenticator(FactorsServer.Origin);
        FactorsHttp.App? app = null;
        Passkey? passkey = null;

        // 1. Coming in and going out.
        await DoAsync("POST /api/auth/register", async () => Keep(await server.SignedInAs("bob")));
        await DoAsync("POST /api/auth/login", () => LogInAsync(ada));
        await DoAsync("POST /api/auth/logout", async () =>
        {
            using var other = Client(await LogInAsync(ada));
            await other.PostAsync("/api/auth/logout", null, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        });
        await DoAsync("DELETE /api/auth/sessions/{sessionId}", async () =>
        {
            await LogInAsync(ada);
            var sessions = await ada.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();
            await ada.Client.DeleteAsync($"/api/auth/sessions/{sessions.Items.First(s => s.Current is not true).Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        });
        await DoAsync("DELETE /api/auth/sessions", async () =>
        {
            await LogInAsync(ada);
            await ada.Client.DeleteAsync("/api/auth/sessions", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        });
        await DoAsync("POST /api/auth/step-up", () =>
            ada.Client.PostAsJsonAsync("/api/auth/step-up", new { password = TestUser.Password }, Stop).ShouldBeAsync(HttpStatusCode.NoContent));

        await DoAsync("POST /api/auth/sessions/deny", async () =>
        {
            await LogInAsync(ada);
            var sessions = await ada.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();
            var token = await LinkAsync(ada, Links.Deny, sessions.Items.First(s => s.Current is not true).Id);
            await server.Anonymous.PostAsJsonAsync("/api/auth/sessions/deny", new { token }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        });

        // 2. Passwords and addresses.
        var carol = Keep(await server.SignedInAs("carol"));
        const string SecondPassword = "quite another horse and staple", ThirdPassword = "a third horse, no staple at all";
        secrets.AddRange([SecondPassword, ThirdPassword]);
        await DoAsync("PUT /api/me/password", () => carol.Client
            .PutAsJsonAsync("/api/me/password", new { currentPassword = TestUser.Password, password = SecondPassword }, Stop).ShouldBeAsync(HttpStatusCode.NoContent));
        await DoAsync("POST /api/auth/email/verification", () => carol.Client.PostAsync("/api/auth/email/verification", null, Stop).ShouldBeAsync(HttpStatusCode.Accepted));
        await DoAsync("POST /api/auth/email/verify", async () => await server.Anonymous
            .PostAsJsonAsync("/api/auth/email/verify", new { token = await LinkAsync(carol, Links.Verify) }, Stop).ShouldBeAsync(HttpStatusCode.NoContent));
        await DoAsync("POST /api/auth/password/forgot", () => server.Anonymous
            .PostAsJsonAsync("/api/auth/password/forgot", new { email = carol.Email }, Stop).ShouldBeAsync(HttpStatusCode.Accepted));
        await DoAsync("POST /api/auth/password/reset", async () => await server.Anonymous
            .PostAsJsonAsync("/api/auth/password/reset", new { token = await LinkAsync(carol, Links.Reset), password = ThirdPassword }, Stop)
            .ShouldBeAsync(HttpStatusCode.NoContent));

        // 3. The account.
        await DoAsync("PATCH /api/me", () => ada.Client.PatchAsJsonAsync("/api/me", new { name = "Ada L." }, Stop).ShouldBeAsync(HttpStatusCode.OK));
        await DoAsync("PUT /api/me/preferences", () => ada.Client.PutAsJsonAsync("/api/me/preferences", new { theme = "dark" }, Stop).ShouldBeAsync(HttpStatusCode.OK));
        await DoAsync("PATCH /api/notifications/settings", () => ada.Client
            .PatchAsJsonAsync("/api/notifications/settings", new { kinds = new[] { new { kind = "mention", email = "off" } } }, Stop).ShouldBeAsync(HttpStatusCode.OK));
        await DoAsync("POST /api/notifications/unsubscribe", async () =>
        {
            var way = await server.Services.GetRequiredService<UnsubscribeLinks>().IssueAsync(ada.Id, "reply", Stop);
            secrets.Add(way.Split('=')[1]);
            await server.Anonymous.PostAsync(new Uri(way).PathAndQuery, null, Stop).ShouldBeAsync(HttpStatusCode.OK);
        });
        await DoAsync("GET /api/me/export", async () =>
            Assert.Contains("session.started", await ada.Client.GetStringAsync("/api/me/export", Stop), StringComparison.Ordinal));

        // 4. Factors.
        await DoAsync("POST /api/me/totp", async () =>
        {
            var enrolment = await ada.Client.PostAsync("/api/me/totp", null, Stop).ReadAsync<TotpEnrolment>();
            secrets.Add(enrolment.Secret);
            app = new FactorsHttp.App(enrolment.Secret, server.Time);
        });
        await DoAsync("POST /api/me/totp/confirm", async () =>
            secrets.AddRange((await ada.Client.PostAsJsonAsync("/api/me/totp/confirm", new { code = app!.Code(-1) }, Stop).ReadAsync<RecoveryCodes>()).Codes));
        await DoAsync("POST /api/me/recovery-codes", async () =>
            secrets.AddRange((await ada.Client.PostAsync("/api/me/recovery-codes", null, Stop).ReadAsync<RecoveryCodes>()).Codes));
        await ExpectAsync("recovery_codes.used", () => server.Anonymous.LogInAsync(ada, secrets[^1]).ShouldBeAsync(HttpStatusCode.OK));
        await ExpectAsync("session.refused", () => server.Anonymous.LogInAsync(ada, app!.WrongCode()).ShouldBeAsync(HttpStatusCode.Unauthorized));
        await DoAsync("DELETE /api/me/totp", () => ada.Client.DeleteAsync("/api/me/totp", Stop).ShouldBeAsync(HttpStatusCode.NoContent));
        await DoAsync("POST /api/me/passkeys", async () =>
        {
            var challenge = await ada.Client.PostAsync("/api/me/passkeys/challenge", null, Stop).ReadAsync<PasskeyChallenge>();
            passkey = await ada.Client.PostAsJsonAsync(
                "/api/me/passkeys", new { challengeId = challenge.ChallengeId, name = "Key", credential = device.Create(challenge.Options) }, Stop)
                .ReadAsync<Passkey>(HttpStatusCode.Created);
        });
        await DoAsync("POST /api/auth/passkey", async () =>
        {
            var challenge = await server.Anonymous.PostAsync("/api/auth/passkey/challenge", null, Stop).ReadAsync<PasskeyChallenge>();
            await server.Anonymous.PostAsJsonAsync("/api/auth/passkey", new { challengeId = challenge.ChallengeId, credential = device.Get(challenge.Options) }, Stop)
                .ShouldBeAsync(HttpStatusCode.OK);
        });
        await DoAsync("PATCH /api/me/passkeys/{passkeyId}", () =>
            ada.Client.PatchAsJsonAsync($"/api/me/passkeys/{passkey!.Id}", new { name = "Old key" }, Stop).ShouldBeAsync(HttpStatusCode.OK));
        await DoAsync("DELETE /api/me/passkeys/{passkeyId}", () =>
            ada.Client.DeleteAsync($"/api/me/passkeys/{passkey!.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent));

        NewApiKey? key = null;
        await DoAsync("POST /api/me/keys", async () =>
        {
            key = await ada.Client.PostAsJsonAsync(
                "/api/me/keys", new { name = "Robot", scopes = KeyScope, expiresAt = server.Time.GetUtcNow().AddDays(1) }, Stop).ReadAsync<NewApiKey>(HttpStatusCode.Created);
            secrets.Add(key.Key);
        });
        await DoAsync("DELETE /api/me/keys/{keyId}", () => ada.Client.DeleteAsync($"/api/me/keys/{key!.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent));

        // 5. Into workspaces, and away.
        var workspace = Guid.Empty;
        await DoAsync("POST /api/workspaces", async () => workspace = await TestServer.CreateWorkspace(ada));
        var guest = Keep(await server.SignedInAs("guest"));
        await DoAsync("POST /api/invitations/{token}/accept", async () =>
        {
            var token = SecretToken.New();
            secrets.Add(token.Reveal());
            var invitation = await ada.Client
                .PostAsJsonAsync($"/api/workspaces/{workspace}/invitations", new { email = "canary-guest@example.com", role = Roles.Viewer }, Stop)
                .ReadAsync<Invitation>(HttpStatusCode.Created);
            // Its link is made when its mail is sent; after that, this is another one that the same door takes.
            await server.MailsAreSentAsync(invitation.Id.ToString());
            await server.ScalarAsync<object>("update workspaces.invitation set token_hash = $2 where id = $1", invitation.Id, token.Hash());
            await guest.Client.PostAsync($"/api/invitations/{token.Reveal()}/accept", null, Stop).ShouldBeAsync(HttpStatusCode.OK);
        });
        secrets.Add("canary-guest");
        await DoAsync("DELETE /api/me", () => guest.Client.DeleteAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.NoContent));

        Findings.None(findings);
        Findings.None(RecordedOperations.Personal.Keys.Except(done).Select(name => $"{name} was not tried here."));
        await AssertNowhereAsync(secrets);

        TestUser Keep(TestUser user)
        {
            secrets.AddRange([user.AccessToken, user.RefreshToken]);
            return user;
        }

        async Task<string> LinkAsync(TestUser user, string purpose, Guid? session = null)
        {
            // A mail that still waits makes its own link when it is sent, in place of this one.
            await server.AllMailsAreSentAsync();
            var token = await server.Services.GetRequiredService<Links>().IssueAsync(user.Id, purpose, user.Email, TimeSpan.FromHours(1), session, Stop);
            secrets.Add(token);
            return token;
        }

        async Task<LoggedIn> LogInAsync(TestUser user)
        {
            var logIn = await server.Anonymous.LogInAsync(user, null).ReadAsync<LoggedIn>();
            secrets.AddRange([logIn.AccessToken, logIn.RefreshToken!]);
            return logIn;
        }

        async Task DoAsync(string name, Func<Task> run)
        {
            done.Add(name);
            if (await GrowthAsync(RecordedOperations.Personal[name].Name, run) == 0)
                findings.Add($"{name} did not record {RecordedOperations.Personal[name].Name}.");
        }

        async Task ExpectAsync(string action, Func<Task> run)
        {
            if (await GrowthAsync(action, run) == 0)
                findings.Add($"{action} was not recorded.");
        }
    }

    [Fact]
    [Trait("spec", "AU-5")]
    [Trait("security", "SEC-AUD-06")]
    public async Task A_refused_log_in_is_recorded_whether_there_is_such_an_account_or_not()
    {
        var ada = await server.SignedInAs("ada");

        await server.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = ada.Email, password = "canary-wrong-password" }, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(1, await GrowthAsync("session.refused", () => server.Anonymous
            .PostAsJsonAsync("/api/auth/login", new { email = "canary-nobody@example.com", password = "canary-wrong-password" }, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized)));

        var own = Assert.Single((await ada.Client.GetAsync("/api/me/audit?action=session.refused", Stop).ReadAsync<Page<AuditRecord>>()).Items);
        Assert.Null(own.Actor);
        Assert.Equal("wrong", own.After!.Value.GetProperty("because").GetString());
        Assert.Equal("127.0.0.1", own.Address);
        await AssertNowhereAsync(["canary-wrong-password", "canary-nobody"]);
    }

    [Fact]
    [Trait("spec", "AU-2")]
    public async Task A_stolen_refresh_token_is_recorded_as_nobodys_deed_in_its_owners_trail()
    {
        var ada = await server.SignedInAs("ada");
        var next = await RefreshAsync(ada.RefreshToken).ReadAsync<RenewedTokens>();
        await RefreshAsync(next.RefreshToken!).ReadAsync<RenewedTokens>();

        await RefreshAsync(ada.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);

        Assert.Equal(1L, await server.ScalarAsync<long>(
            "select count(*) from engine.audit_entry where person_id = $1 and action = 'session.token_reused' and actor_id is null and address is not null", ada.Id));

        Task<HttpResponseMessage> RefreshAsync(string token) => server.Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token }, Stop);
    }

    [Fact]
    [Trait("spec", "OR-4")]
    [Trait("security", "SEC-AUD-05")]
    public async Task Who_deletes_the_account_leaves_no_name_and_no_address_in_the_trail()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        var workspace = await TestServer.CreateWorkspace(ada);
        await TestServer.AddMember(ada, workspace, bob);
        await TestServer.CreateThread(bob, workspace, "What others depend on");

        await bob.Client.DeleteAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(0L, await server.ScalarAsync<long>(
            "select count(*) from engine.audit_entry e where (actor_id = $1 or person_id = $1) and (address is not null or device is not null)", bob.Id));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from engine.audit_entry e where e::text like '%' || $1 || '%'", bob.Email));
        var trail = (await ada.Client.GetAsync($"/api/workspaces/{workspace}/audit", Stop).ReadAsync<Page<AuditRecord>>()).Items;
        Assert.Contains(trail, entry => entry.Action == "thread.created" && entry.Actor!.Id == bob.Id && entry.Actor.Name != "bob" && entry.Address is null && entry.After is not null);
        Assert.Contains(trail, entry => entry.Action == "member.removed" && entry.ResourceId == bob.Id);
    }

    private async Task<long> GrowthAsync(string action, Func<Task> run)
    {
        const string Count = "select count(*) from engine.audit_entry where action = $1";
        var before = await server.ScalarAsync<long>(Count, action);
        await run();
        return await server.ScalarAsync<long>(Count, action) - before;
    }

    private async Task AssertNowhereAsync(IEnumerable<string> secrets)
    {
        var whole = (await server.ScalarAsync<string>("select string_agg(e::text, ' ') from engine.audit_entry e"))!;
        Findings.None(secrets.Where(secret => whole.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"The trail holds {secret}."));
        // And the search sees what it looks for.
        Assert.Contains("127.0.0.1", whole, StringComparison.Ordinal);
    }

    private HttpClient Client(LoggedIn logIn)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", logIn.AccessToken);
        return client;
    }
}
