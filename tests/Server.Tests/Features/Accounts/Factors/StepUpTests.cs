using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Tests.Architecture;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

[Trait("spec", "AU-7")]
[Trait("security", "SEC-MFA-04")]
public sealed class StepUpTests(FrozenTestServer server) : IClassFixture<FrozenTestServer>
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_in_is_a_proof_for_a_quarter_of_an_hour()
    {
        var ada = await server.SignedInAs("ada");
        var (first, second) = (await TestServer.CreateWorkspace(ada), await TestServer.CreateWorkspace(ada));

        server.Time.Advance(Recent - TimeSpan.FromSeconds(1));
        await ada.Client.DeleteAsync($"/api/workspaces/{first}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        server.Time.Advance(TimeSpan.FromSeconds(1));
        var renewed = await RenewAsync(ada);
        await renewed.DeleteAsync($"/api/workspaces/{second}", Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
    }

    [Fact]
    public async Task The_password_opens_what_an_old_log_in_does_not()
    {
        var ada = await server.SignedInAs("ada");
        var (first, second) = (await TestServer.CreateWorkspace(ada), await TestServer.CreateWorkspace(ada));
        var client = await GrowOldAsync(ada);

        await StepUpAsync(client, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);
        await client.DeleteAsync($"/api/workspaces/{first}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        server.Time.Advance(Recent);
        client.DefaultRequestHeaders.Authorization = (await RenewAsync(ada)).DefaultRequestHeaders.Authorization;
        await client.DeleteAsync($"/api/workspaces/{second}", Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
    }

    [Fact]
    public async Task The_proof_of_one_log_in_is_not_that_of_another()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        var old = await GrowOldAsync(ada);
        var (fresh, _) = await LogInAsync(ada);

        await StepUpAsync(fresh, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);

        await old.DeleteAsync($"/api/workspaces/{workspace}", Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
    }

    [Fact]
    public async Task A_wrong_password_proves_nothing_and_costs_nobody_the_token()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        var client = await GrowOldAsync(ada);

        var problem = await StepUpAsync(client, "not the password").ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains("password", problem.Errors!.Keys);
        await client.DeleteAsync($"/api/workspaces/{workspace}", Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
        await client.GetAsync("/api/me", Stop).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bad_input_and_strangers_are_refused()
    {
        var ada = await server.SignedInAs("ada");

        await ada.Client.PostAsJsonAsync("/api/auth/step-up", new { }, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await StepUpAsync(ada.Client, new string('x', 201)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await StepUpAsync(server.Anonymous, TestUser.Password).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task An_ended_log_in_cannot_be_proven_anew()
    {
        var ada = await server.SignedInAs("ada");
        await ada.Client.PostAsJsonAsync("/api/auth/logout", new { }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await StepUpAsync(ada.Client, TestUser.Password).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task A_new_address_wants_a_fresh_proof_and_a_new_name_does_not()
    {
        var client = await GrowOldAsync(await server.SignedInAs("ada"));

        await client.PatchAsJsonAsync("/api/me", new { email = AccountsHttp.NewEmail() }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
        await client.PatchAsJsonAsync("/api/me", new { name = "Ada King" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "SEC-SESS-08")]
    public async Task Ending_log_ins_wants_a_fresh_proof_and_seeing_them_does_not()
    {
        var ada = await server.SignedInAs("ada");
        var other = await server.AnotherLogInAsync(ada);
        var client = await GrowOldAsync(ada);
        var sessions = (await client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items;
        var theOther = sessions.Single(session => session.Current is false);

        foreach (var path in new[] { "/api/auth/sessions", $"/api/auth/sessions/{theOther.Id}" })
            await client.DeleteAsync(path, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
        await StepUpAsync(client, TestUser.Password).ShouldBeAsync(HttpStatusCode.NoContent);
        await client.DeleteAsync($"/api/auth/sessions/{theOther.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);

        await server.Anonymous.RefreshAsync(other.RefreshToken).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Every_dangerous_operation_wants_a_fresh_proof_before_it_reads_anything()
    {
        var client = await GrowOldAsync(await server.SignedInAs("ada"));

        foreach (var (method, pattern) in Dangerous())
        {
            var path = string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? Guid.CreateVersion7().ToString() : part));
            await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create("not what is expected") }, Stop)
                .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.ReauthenticationRequired);
        }
    }

    [Fact]
    public void The_page_on_factors_lists_every_dangerous_operation()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "factors.md"));
        var listed = page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Contains(" /api/", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(Dangerous().Select(o => $"{o.Method} {WithoutConstraints(o.Pattern)}").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private IEnumerable<(string Method, string Pattern)> Dangerous() =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<RecentProofMetadata>() is not null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'));

    private static string WithoutConstraints(string pattern) =>
        string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? part.Split(':')[0].TrimEnd('}') + "}" : part));

    private static Task<HttpResponseMessage> StepUpAsync(HttpClient client, string password) =>
        client.PostAsJsonAsync("/api/auth/step-up", new { password }, Stop);

    /// <summary>The same log-in, kept alive until its first proof is too old.</summary>
    private async Task<HttpClient> GrowOldAsync(TestUser user)
    {
        server.Time.Advance(Recent);
        return await RenewAsync(user);
    }

    private readonly Dictionary<Guid, string> refreshTokens = [];

    private async Task<HttpClient> RenewAsync(TestUser user)
    {
        var renewed = await server.Anonymous.RefreshAsync(refreshTokens.GetValueOrDefault(user.Id, user.RefreshToken)).ReadAsync<RenewedTokens>();
        refreshTokens[user.Id] = renewed.RefreshToken!;
        return ClientOf(renewed.AccessToken);
    }

    private async Task<(HttpClient Client, LoggedIn LogIn)> LogInAsync(TestUser user)
    {
        var logIn = await server.AnotherLogInAsync(user);
        return (ClientOf(logIn.AccessToken), logIn);
    }

    private HttpClient ClientOf(string accessToken)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }
}
