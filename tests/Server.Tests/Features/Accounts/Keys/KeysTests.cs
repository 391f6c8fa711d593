using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Features.Accounts.Factors;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Keys;

[Trait("spec", "AU-9")]
[Trait("security", "SEC-SESS-10")]
public sealed class KeysTests(FactorsServer server) : IClassFixture<FactorsServer>
{
    private static readonly string[] Reading = ["read"];

    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => server.Time.GetUtcNow();

    [Fact]
    public async Task A_key_is_shown_once_and_stored_as_its_hash()
    {
        var ada = await server.SignedInAs("ada");

        var made = await server.WithKeyAsync(ada, "threads:read", "workspaces:admin", "threads:read");

        Assert.Equal(("Robot", Now, (DateTimeOffset?)null), (made.Name, made.CreatedAt, made.LastUsedAt));
        Assert.Equal(["threads:read", "workspaces:admin"], made.Scopes);
        Assert.StartsWith(made.Prefix, made.Key, StringComparison.Ordinal);
        var list = await ada.Client.GetStringAsync("/api/me/keys", Stop);
        Assert.Contains(made.Prefix, list, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Key, list, StringComparison.Ordinal);
        Assert.False(await server.ScalarAsync<bool>("select exists (select from accounts.api_key k where k::text like '%' || $1 || '%')", made.Key[12..]));
        Assert.Contains(await server.SentToAsync(ada.Email), mail => mail.Contains("A new API key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_key_ends_within_a_year_and_says_when()
    {
        var ada = await server.SignedInAs("ada");
        await ada.CreateKeyAsync(Now + Year, "read").ShouldBeAsync(HttpStatusCode.Created);

        await ada.CreateKeyAsync(Now + Year + TimeSpan.FromSeconds(1), "read").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await ada.CreateKeyAsync(Now, "read").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await ada.Client.PostAsJsonAsync("/api/me/keys", new { name = "Robot", scopes = Reading }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task A_key_has_scopes_and_only_such_as_there_are()
    {
        var ada = await server.SignedInAs("ada");

        await ada.CreateKeyAsync(Now + Year).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        foreach (var scope in new[] { "admin", "threads", "threads:admin", "Threads:read", "*", "" })
            await ada.CreateKeyAsync(Now + Year, "read", scope).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task A_key_opens_until_it_runs_out_and_then_says_so_without_asking_for_a_renewal()
    {
        var ada = await server.SignedInAs("ada");
        var key = await ada.CreateKeyAsync(Now + TimeSpan.FromMinutes(10), "read").ReadAsync<NewApiKey>(HttpStatusCode.Created);
        using var program = server.Program(key.Key);
        Assert.Equal(ada.Id, (await program.GetAsync("/api/me", Stop).ReadAsync<User>()).Id);

        server.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await program.GetAsync("/api/me", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_known_to_the_minute()
    {
        var ada = await server.SignedInAs("ada");
        var key = await server.WithKeyAsync(ada, "read");
        using var program = server.Program(key.Key);
        var first = Now;

        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Advance(TimeSpan.FromSeconds(59));
        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(first, await LastUsedAsync());

        // Past the minute, and past the two seconds for which the last look-up is believed.
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(Now, await LastUsedAsync());

        async Task<DateTimeOffset?> LastUsedAsync() => (await ada.Client.GetAsync("/api/me/keys", Stop).ReadAsync<ApiKeys>()).Items.Single().LastUsedAt;
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_and_is_gone_from_the_list()
    {
        var ada = await server.SignedInAs("ada");
        var key = await server.WithKeyAsync(ada, "read");
        using var program = server.Program(key.Key);
        await program.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);

        await ada.Client.DeleteAsync($"/api/me/keys/{key.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await program.GetAsync("/api/me", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        Assert.Empty((await ada.Client.GetAsync("/api/me/keys", Stop).ReadAsync<ApiKeys>()).Items);
        await ada.Client.DeleteAsync($"/api/me/keys/{key.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal(["create key", "delete key"], (await server.AnnouncedOnAsync(Server.Gateway.Channels.UserKind, ada.Id)).Select(c => c.What).Where(w => w.EndsWith(" key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Somebody_elses_keys_are_not_there()
    {
        var (ada, eve) = (await server.SignedInAs("ada"), await server.SignedInAs("eve"));
        var key = await server.WithKeyAsync(ada, "read");

        Assert.Empty((await eve.Client.GetAsync("/api/me/keys", Stop).ReadAsync<ApiKeys>()).Items);
        await eve.Client.DeleteAsync($"/api/me/keys/{key.Id}", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Program(key.Key).GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_only_looks_like_a_key_is_refused()
    {
        foreach (var text in new[] { Server.Gateway.Authentication.KeyText.New(), "rnx_", "rnx_" + new string('0', 49) })
            await server.Program(text).GetAsync("/api/me", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    [Trait("spec", "SE-4")]
    public async Task Keys_are_in_the_audit_trail_and_so_is_what_is_done_with_them()
    {
        var ada = await server.SignedInAs("ada");
        var key = await server.WithKeyAsync(ada, "workspaces:admin");
        using var program = server.Program(key.Key);
        await program.PostAsJsonAsync("/api/workspaces", new { name = "By a robot" }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        await ada.Client.DeleteAsync($"/api/me/keys/{key.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(2L, await server.ScalarAsync<long>(
            "select count(*) from engine.audit_entry where person_id = $1 and resource_id = $2 and action in ('key.made', 'key.revoked')", ada.Id, key.Id));
        Assert.False(await server.ScalarAsync<bool>("select exists (select from engine.audit_entry e where e::text like '%' || $1 || '%')", key.Key[12..]));
    }
}
