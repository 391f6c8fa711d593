using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Whose account somebody from a provider gets.</summary>
[Trait("spec", "AU-8")]
public sealed class ExternalPeopleTests(ExternalServer server) : IClassFixture<ExternalServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Someone() => $"someone-{Guid.CreateVersion7():n}";

    private Task<User> MeAsync(string token) => server.Anonymous.MeAsync(token).ReadAsync<User>();

    [Fact]
    public async Task Somebody_new_gets_an_account_with_what_the_provider_has_verified()
    {
        var (subject, email) = (Someone(), AccountsHttp.NewEmail());

        var me = await MeAsync(server.TokenOf(subject, email: email, name: "Ada Lovelace"));

        Assert.Equal((email, true, "Ada Lovelace", false), (me.Email, me.EmailVerified, me.Name, me.IsOperator));
        var announced = await server.AnnouncedOnAsync(Channels.UserKind, me.Id);
        Assert.Equal(["create user", "create session"], announced.Select(a => a.What));
    }

    [Fact]
    [Trait("security", "SEC-AUD-06")]
    public async Task Coming_for_the_first_time_is_on_the_record_with_where_from()
    {
        using var client = Client(server.TokenOf(Someone()));

        var trail = await client.GetAsync("/api/me/audit", Stop).ReadAsync<System.Text.Json.JsonElement>();

        Assert.Equal(["account.registered", "identity.linked", "session.started"], trail.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("action").GetString()).Order());
        Assert.All(trail.GetProperty("items").EnumerateArray(), i => Assert.Equal("127.0.0.1", i.GetProperty("address").GetString()));
    }

    [Fact]
    public async Task An_address_that_the_provider_has_not_verified_is_not_taken_over()
    {
        var email = AccountsHttp.NewEmail();

        var me = await MeAsync(server.TokenOf(Someone(), email: email, isVerified: false));

        Assert.EndsWith("@external.invalid", me.Email, StringComparison.Ordinal);
        Assert.False(me.EmailVerified);
        await server.Anonymous.RegisterAsync(email).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("Ada\nLovelace\u0007", "AdaLovelace")]
    [InlineData("  ", "Somebody from 127.0.0.1")]
    [InlineData(null, "Somebody from 127.0.0.1")]
    public async Task A_name_is_made_fit_to_be_shown(string? name, string expected) =>
        Assert.Equal(expected, (await MeAsync(server.TokenOf(Someone(), name: name))).Name);

    [Fact]
    public async Task A_long_name_is_cut_between_characters()
    {
        var me = await MeAsync(server.TokenOf(Someone(), name: new string('a', 99) + "😀😀"));

        Assert.Equal(new string('a', 99), me.Name);
    }

    [Fact]
    public async Task The_same_person_comes_back_to_the_same_account_with_another_token_and_another_log_in()
    {
        var subject = Someone();
        var first = await MeAsync(server.TokenOf(subject));
        var again = await MeAsync(server.TokenOf(subject));
        var elsewhere = await MeAsync(server.TokenOf(subject, session: "another"));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Id, elsewhere.Id);
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from accounts.session where user_id = $1", first.Id));
    }

    [Fact]
    public async Task Fifty_first_requests_at_once_make_one_account_and_one_log_in()
    {
        var (subject, email) = (Someone(), AccountsHttp.NewEmail());
        // Fifty tokens, so that no two find each other's answer in memory.
        var tokens = Enumerable.Range(0, 50).Select(_ => server.TokenOf(subject, email: email)).ToArray();
        Assert.Equal(50, tokens.Distinct().Count());

        var people = await Task.WhenAll(tokens.Select(MeAsync));

        var id = Assert.Single(people.Select(p => p.Id).Distinct());
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from accounts.user_account where email = $1", email));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from accounts.session where user_id = $1", id));
    }

    [Fact]
    public async Task Who_comes_first_from_a_provider_does_not_become_operator_and_leaves_the_seat_free()
    {
        await using var fresh = await ExternalTokenTests.StartAsync();

        Assert.False((await fresh.Anonymous.MeAsync(fresh.TokenOf("first")).ReadAsync<User>()).IsOperator);

        var founder = await fresh.SignedInAs("ada");
        Assert.True((await founder.Client.GetAsync("/api/me", Stop).ReadAsync<User>()).IsOperator);
    }

    [Fact]
    public async Task An_account_is_linked_when_both_sides_have_verified_the_address()
    {
        var ada = await VerifiedAsync();

        var me = await MeAsync(server.TokenOf(Someone(), email: ada.Email.ToUpperInvariant()));

        Assert.Equal(ada.Id, me.Id);
        await server.Anonymous.LogInAsync(ada.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_account_whose_address_is_not_verified_is_not_linked_and_keeps_it()
    {
        var squatter = await server.SignedInAs("eve");

        var me = await MeAsync(server.TokenOf(Someone(), email: squatter.Email));

        Assert.NotEqual(squatter.Id, me.Id);
        Assert.EndsWith("@external.invalid", me.Email, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_not_linked_when_the_provider_has_not_verified_the_address()
    {
        var ada = await VerifiedAsync();

        Assert.NotEqual(ada.Id, (await MeAsync(server.TokenOf(Someone(), email: ada.Email, isVerified: false))).Id);
    }

    [Fact]
    public async Task An_operators_account_is_not_linked()
    {
        var ada = await VerifiedAsync();
        await server.ScalarAsync<object>("update accounts.user_account set is_operator = true where id = $1", ada.Id);

        var me = await MeAsync(server.TokenOf(Someone(), email: ada.Email));

        Assert.NotEqual(ada.Id, me.Id);
        Assert.False(me.IsOperator);
        await server.ScalarAsync<object>("update accounts.user_account set is_operator = false where id = $1", ada.Id);
    }

    [Fact]
    public async Task An_account_with_a_second_factor_is_not_linked()
    {
        var ada = await VerifiedAsync();
        await server.ScalarAsync<object>(
            "insert into accounts.totp (user_id, seed, confirmed_at, salt, created_at) values ($1, $2, now(), $3, now())", ada.Id, "x"u8.ToArray(), new byte[16]);

        Assert.NotEqual(ada.Id, (await MeAsync(server.TokenOf(Someone(), email: ada.Email))).Id);
    }

    [Fact]
    public async Task An_account_that_one_person_of_the_provider_has_is_not_given_to_another()
    {
        var email = AccountsHttp.NewEmail();
        var first = await MeAsync(server.TokenOf(Someone(), email: email));

        // The provider gave the address to somebody else, as happens when people leave.
        var second = await MeAsync(server.TokenOf(Someone(), email: email));

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_log_in_through_a_provider_is_listed_with_device_and_address()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/sessions")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.TokenOf(Someone())) },
        };
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

        var session = Assert.Single((await server.Anonymous.SendAsync(request, Stop).ReadAsync<LogInSessions>()).Items);

        Assert.Equal(("Firefox on Linux", "127.0.0.1", true), (session.Device, session.Address, session.Current));
    }

    [Fact]
    public async Task Each_new_token_is_a_use_of_the_log_in()
    {
        var subject = Someone();
        await MeAsync(server.TokenOf(subject));
        server.Time.Advance(TimeSpan.FromMinutes(2));

        using var client = Client(server.TokenOf(subject));
        var session = Assert.Single((await client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items);

        Assert.Equal(TimeSpan.FromMinutes(2), session.LastUsedAt - session.CreatedAt);
    }

    [Fact]
    public async Task An_ended_log_in_is_refused_though_the_provider_still_signs_for_it()
    {
        var subject = Someone();
        var token = server.TokenOf(subject, session: "lost phone");
        using var client = Client(server.TokenOf(subject, session: "laptop"));
        await MeAsync(token);
        var lost = (await client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items.Single(s => s.Current == false);

        await client.DeleteAsync($"/api/auth/sessions/{lost.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.MeAsync(token).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        server.Time.Advance(TimeSpan.FromMinutes(20));
        // Long after this node forgot it, and with a token that was issued since.
        await server.Anonymous.MeAsync(token).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.MeAsync(server.TokenOf(subject, session: "lost phone")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await client.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-SESS-07")]
    public async Task What_another_node_ended_is_refused_here_within_five_seconds()
    {
        var token = server.TokenOf(Someone());
        var me = await MeAsync(token);
        await server.ScalarAsync<object>(
            "update accounts.session set ended_at = $2, ended_because = 'revoked' where user_id = $1", me.Id, server.Time.GetUtcNow().UtcDateTime);

        server.Time.Advance(TimeSpan.FromSeconds(4));

        await Eventually.TrueAsync("refused", TimeSpan.FromSeconds(60), async () =>
        {
            using var response = await server.Anonymous.MeAsync(token);
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Fact]
    public async Task A_provider_that_names_no_log_ins_has_one_for_each_person_and_a_new_one_after_its_end()
    {
        var claims = server.Provider.Claims(server.Time.GetUtcNow(), Someone(), lifetime: 3600);
        claims.Remove("sid");
        var token = server.Provider.Sign(claims);
        using var client = Client(token);
        var me = await client.GetAsync("/api/me", Stop).ReadAsync<User>();

        await client.PostAsJsonAsync("/api/auth/logout", new { }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        server.Time.Advance(TimeSpan.FromMinutes(20));
        await client.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);

        claims["iat"] = server.Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(me.Id, (await MeAsync(server.Provider.Sign(claims))).Id);
    }

    [Fact]
    public async Task A_removed_account_does_not_come_back_by_the_token_that_is_still_good()
    {
        var subject = Someone();
        var token = server.TokenOf(subject);
        var me = await MeAsync(token);

        await server.ScalarAsync<object>("delete from accounts.user_account where id = $1", me.Id);
        server.Time.Advance(TimeSpan.FromMinutes(20));

        await server.Anonymous.MeAsync(token).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.NotEqual(me.Id, (await MeAsync(server.TokenOf(subject, session: "a new one"))).Id);
    }

    [Theory]
    [InlineData(5, HttpStatusCode.NoContent)]
    [InlineData(20, HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [Trait("security", "SEC-MFA-04")]
    public async Task Coming_from_a_provider_is_no_fresh_proof_unless_the_provider_has_one(int? minutesAgo, HttpStatusCode status)
    {
        var claims = server.Provider.Claims(server.Time.GetUtcNow(), Someone());
        if (minutesAgo is { } minutes)
            claims["auth_time"] = server.Time.GetUtcNow().AddMinutes(-minutes).ToUnixTimeSeconds();
        using var client = Client(server.Provider.Sign(claims));
        var workspace = await client.PostAsJsonAsync("/api/workspaces", new { name = "Newsroom" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created);

        await client.DeleteAsync($"/api/workspaces/{workspace.Id}", Stop).ShouldBeAsync(status);
    }

    private async Task<TestUser> VerifiedAsync()
    {
        await server.SignedInAs("founder");
        var ada = await server.SignedInAs("ada");
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now() where id = $1", ada.Id);
        return ada;
    }

    private HttpClient Client(string token)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}

/// <summary>An operator who wants to know people before they come.</summary>
[Trait("spec", "AU-8")]
public sealed class ClosedExternalPeopleTests(ClosedExternalServer server) : IClassFixture<ClosedExternalServer>
{
    [Fact]
    public async Task Somebody_new_is_turned_away_and_nothing_is_made()
    {
        var email = AccountsHttp.NewEmail();

        await server.Anonymous.MeAsync(server.TokenOf("new", email: email)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from accounts.user_account where email = $1", email));
    }

    [Fact]
    public async Task Somebody_with_an_account_is_linked_and_comes_in()
    {
        await server.SignedInAs("founder");
        var ada = await server.SignedInAs("ada");
        await server.ScalarAsync<object>("update accounts.user_account set email_verified_at = now() where id = $1", ada.Id);

        Assert.Equal(ada.Id, (await server.Anonymous.MeAsync(server.TokenOf("ada", email: ada.Email)).ReadAsync<User>()).Id);
    }
}
