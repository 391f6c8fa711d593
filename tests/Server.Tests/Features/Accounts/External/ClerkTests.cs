using System.Net;
using System.Text.Json.Nodes;
using Renexus.Contracts;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Session tokens of Clerk (docs/security/external-identity.md).</summary>
[Trait("spec", "AU-8")]
public sealed class ClerkTests(ExternalServer server) : IClassFixture<ExternalServer>
{
    private FakeIssuer Clerk => server.Clerk;

    private JsonObject Claims(string? party = "https://renexus.example") =>
        Clerk.ClerkClaims(server.Time.GetUtcNow(), $"user_{Guid.CreateVersion7():n}", $"sess_{Guid.CreateVersion7():n}", party);

    private Task<HttpResponseMessage> AskAsync(JsonObject claims, string key = "first") => server.Anonymous.MeAsync(Clerk.Sign(claims, key));

    [Theory]
    [InlineData("https://renexus.example")]
    [InlineData("https://app.example")]
    [InlineData(null)]
    public async Task A_session_token_of_a_listed_page_or_of_a_native_application_is_taken(string? party) =>
        await AskAsync(Claims(party)).ShouldBeAsync(HttpStatusCode.OK);

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://renexus.example.evil.example")]
    [InlineData("http://renexus.example")]
    [InlineData("https://renexus.example/")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_session_token_of_another_page_is_refused(string party) =>
        await AskAsync(Claims(party)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

    [Fact]
    public async Task Both_versions_of_the_claims_are_taken()
    {
        var two = Claims();
        two["o"] = new JsonObject { ["id"] = "org_1", ["slg"] = "news", ["rol"] = "admin", ["per"] = "manage,read", ["fpm"] = "3,2" };
        var one = Claims();
        one.Remove("v");
        one.Remove("sts");
        one.Remove("fva");
        (one["org_id"], one["org_slug"], one["org_role"], one["org_permissions"]) = ("org_1", "news", "org:admin", new JsonArray("org:threads:read"));

        await AskAsync(two).ShouldBeAsync(HttpStatusCode.OK);
        await AskAsync(one).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_that_is_pending_is_not_let_in()
    {
        var claims = Claims();
        claims["sts"] = "pending";

        await AskAsync(claims).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    [Theory]
    [InlineData("sub", "org_2abc")]
    [InlineData("sub", "2abc")]
    [InlineData("iss", "https://clerk.evil.example")]
    public async Task A_token_that_is_not_of_our_Clerk_about_a_user_is_refused(string claim, string value)
    {
        var claims = Claims();
        claims[claim] = value;

        await AskAsync(claims).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    public async Task Clerk_signs_with_RS256_and_nothing_else_passes_for_it(string algorithm)
    {
        if (algorithm == "ES256")
            Clerk.AddEc(algorithm);
        else
            Clerk.AddRsa(algorithm, "PS256");
        server.Time.Advance(TimeSpan.FromSeconds(30));

        await AskAsync(Claims(), algorithm).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("exp", -5, HttpStatusCode.Unauthorized)]
    [InlineData("exp", -4, HttpStatusCode.OK)]
    [InlineData("nbf", 5, HttpStatusCode.OK)]
    [InlineData("nbf", 6, HttpStatusCode.Unauthorized)]
    [InlineData("iat", 5, HttpStatusCode.OK)]
    [InlineData("iat", 6, HttpStatusCode.Unauthorized)]
    public async Task Times_have_five_seconds_of_skew_as_in_its_own_library(string claim, int offset, HttpStatusCode status)
    {
        var claims = Claims();
        claims[claim] = server.Time.GetUtcNow().ToUnixTimeSeconds() + offset;

        await AskAsync(claims).ShouldBeAsync(status);
    }
}
