using System.Net;
using System.Net.Http.Json;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "OR-3")]
public class MeTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_reads_and_renames_the_own_account()
    {
        var user = await server.SignedInAs("ada");
        var before = await user.Client.GetAsync("/api/me", Stop).ReadAsync<User>();

        var after = await user.Client.PatchAsJsonAsync("/api/me", new { name = " Ada King " }, Stop).ReadAsync<User>();

        Assert.Equal(before with { Name = "Ada King", Version = 2, UpdatedAt = after.UpdatedAt }, after);
        Assert.Equal(after, await user.Client.GetAsync("/api/me", Stop).ReadAsync<User>());
        Assert.Equal("update user", (await server.AnnouncedOnAsync(Channels.UserKind, user.Id))[^1].What);
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_change_based_on_an_old_version_gets_the_current_state()
    {
        var user = await server.SignedInAs("ada");
        using var response = await user.Client.GetAsync("/api/me", Stop);
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        await PatchAsync(user, "\"1\"", "First").ShouldBeAsync(HttpStatusCode.OK);

        using var refused = await PatchAsync(user, "\"1\"", "Second");

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Stop);
        Assert.Equal(ProblemCodes.PreconditionFailed, problem.GetProperty("code").GetString());
        Assert.Equal("First", problem.GetProperty("current").GetProperty("name").GetString());
        await PatchAsync(user, "not a version", "Third").ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await PatchAsync(user, "*", "Fourth").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_many_changes_based_on_one_version_one_is_made()
    {
        var user = await server.SignedInAs("ada");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PatchAsync(user, "\"1\"", $"Ada {i}")));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"two\nlines"}""")]
    [InlineData("""{"email":"no address"}""")]
    [InlineData("""{"isOperator":true}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""[]""")]
    public async Task Bad_input_is_refused(string body)
    {
        var user = await server.SignedInAs("ada");

        await user.Client.PatchAsync("/api/me", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_nobody()
    {
        await server.Anonymous.GetAsync("/api/me", Stop).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        await server.Anonymous.PatchAsJsonAsync("/api/me", new { name = "Eve" }, Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    private static Task<HttpResponseMessage> PatchAsync(TestUser user, string ifMatch, string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, "/api/me") { Content = JsonContent.Create(new { name }) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return user.Client.SendAsync(request, Stop);
    }
}
