using System.Net;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "OR-3")]
public class PreferencesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"theme":"dark","language":"de","timeZone":"Europe/Berlin","notifications":{"email":"daily","mentions":true}}""")]
    [InlineData("""{"big":1e400000,"exact":0.10000000000000000000000000000000001,"none":null,"text":"ü\t\"<b>\""}""")]
    public async Task What_is_put_is_got(string preferences)
    {
        var user = await server.SignedInAs("ada");
        Assert.Equal("{}", await user.Client.GetStringAsync("/api/me/preferences", Stop));

        await PutAsync(user, preferences).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(preferences, await user.Client.GetStringAsync("/api/me/preferences", Stop));
        var (what, data) = (await server.AnnouncedOnAsync(Channels.UserKind, user.Id))[^1];
        Assert.Equal(("update preferences", preferences), (what, data.GetRawText()));
    }

    [Fact]
    public async Task They_are_ones_own()
    {
        var user = await server.SignedInAs("ada");
        var other = await server.SignedInAs("bob");
        await PutAsync(user, """{"theme":"dark"}""").ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("{}", await other.Client.GetStringAsync("/api/me/preferences", Stop));
        await server.Anonymous.GetAsync("/api/me/preferences", Stop).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("spec", "GW-6")]
    public async Task A_version_that_is_not_the_current_one_is_refused_also_the_first_time()
    {
        var user = await server.SignedInAs("ada");

        await PutAsync(user, """{"a":1}""", "\"1\"").ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        await PutAsync(user, """{"a":1}""", "\"0\"").ShouldBeAsync(HttpStatusCode.OK);
        await PutAsync(user, """{"a":2}""", "\"0\"").ShouldBeAsync(HttpStatusCode.PreconditionFailed);
        await PutAsync(user, """{"a":2}""", "\"1\"").ShouldBeAsync(HttpStatusCode.OK);
        using var got = await user.Client.GetAsync("/api/me/preferences", Stop);
        Assert.Equal("\"2\"", got.Headers.ETag?.ToString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":""")]
    public async Task What_is_no_object_is_refused(string preferences)
    {
        var user = await server.SignedInAs("ada");

        await PutAsync(user, preferences).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    [Theory]
    [InlineData(16_384, HttpStatusCode.OK)]
    [InlineData(16_385, HttpStatusCode.RequestEntityTooLarge)]
    public async Task They_are_bounded_in_bytes(int bytes, HttpStatusCode expected)
    {
        var user = await server.SignedInAs("ada");

        await PutAsync(user, $$"""{"a":"{{new string('x', bytes - 8)}}"}""").ShouldBeAsync(expected);
    }

    private static Task<HttpResponseMessage> PutAsync(TestUser user, string preferences, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/me/preferences") { Content = new StringContent(preferences, Encoding.UTF8, "application/json") };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return user.Client.SendAsync(request, Stop);
    }
}
