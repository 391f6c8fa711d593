using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Gateway.Authentication;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>Which tokens of a provider are taken, and which are not.</summary>
[Trait("spec", "AU-8")]
public sealed class ExternalTokenTests(ExternalServer server) : IClassFixture<ExternalServer>
{
    private FakeIssuer Provider => server.Provider;

    private DateTimeOffset Now => server.Time.GetUtcNow();

    private static string Someone() => $"someone-{Guid.CreateVersion7():n}";

    [Fact]
    public async Task A_token_of_the_provider_is_taken()
    {
        var me = await server.Anonymous.MeAsync(Provider.Sign(Provider.Claims(Now, Someone()))).ReadAsync<User>();

        Assert.False(me.IsOperator);
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData("JWT")]
    public async Task An_access_token_may_say_that_it_is_one(string type) =>
        await server.Anonymous.MeAsync(Provider.Sign(Provider.Claims(Now, Someone()), type: type)).ShouldBeAsync(HttpStatusCode.OK);

    public static TheoryData<string> Wrongs => [.. Wrong.Keys];

    private static readonly Dictionary<string, Action<JsonObject, long>> Wrong = new(StringComparer.Ordinal)
    {
        ["another audience"] = (c, _) => c["aud"] = "https://other.example",
        ["no audience"] = (c, _) => c.Remove("aud"),
        ["an audience that is a number"] = (c, _) => c["aud"] = 7,
        ["an audience that only begins like ours"] = (c, _) => c["aud"] = "https://renexus.example.evil.example",
        ["not yet valid"] = (c, now) => c["nbf"] = now + 6,
        ["issued in the future"] = (c, now) => c["iat"] = now + 6,
        ["no end"] = (c, _) => c.Remove("exp"),
        ["an end that is text"] = (c, _) => c["exp"] = "9999999999",
        ["nobody"] = (c, _) => c.Remove("sub"),
        ["an empty subject"] = (c, _) => c["sub"] = "",
        ["a subject that is a number"] = (c, _) => c["sub"] = 7,
        ["a subject with a zero byte"] = (c, _) => c["sub"] = "a\0b",
        ["a subject that is too long"] = (c, _) => c["sub"] = new string('x', 256),
        ["our own issuer"] = (c, _) => c["iss"] = "renexus",
        ["an issuer that nobody configured"] = (c, _) => c["iss"] = "https://evil.example",
        ["the issuer with a slash more"] = (c, _) => c["iss"] = c["iss"]!.GetValue<string>() + "/",
        ["the issuer in other letters"] = (c, _) => c["iss"] = c["iss"]!.GetValue<string>().ToUpperInvariant(),
        ["no issuer"] = (c, _) => c.Remove("iss"),
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task A_token_that_says_something_wrong_is_refused(string what)
    {
        var claims = Provider.Claims(Now, Someone());
        Wrong[what](claims, Now.ToUnixTimeSeconds());

        await server.Anonymous.MeAsync(Provider.Sign(claims)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    [Theory]
    [InlineData(5, HttpStatusCode.OK)]
    [InlineData(6, HttpStatusCode.Unauthorized)]
    public async Task The_clock_of_the_provider_may_be_ahead_by_five_seconds(int ahead, HttpStatusCode status)
    {
        var claims = Provider.Claims(Now.AddSeconds(ahead), Someone());

        await server.Anonymous.MeAsync(Provider.Sign(claims)).ShouldBeAsync(status);
    }

    [Theory]
    [InlineData(-4, HttpStatusCode.OK)]
    [InlineData(-5, HttpStatusCode.Unauthorized)]
    public async Task The_clock_of_the_provider_may_be_behind_by_five_seconds(int ends, HttpStatusCode status)
    {
        var claims = Provider.Claims(Now, Someone(), lifetime: ends);

        var sending = server.Anonymous.MeAsync(Provider.Sign(claims));
        if (status == HttpStatusCode.OK)
            await sending.ShouldBeAsync(status);
        else
            await sending.ShouldBeProblemAsync(status, ProblemCodes.TokenExpired);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    [InlineData("RSA without a name")]
    public async Task Keys_of_the_usual_kinds_are_taken(string kind)
    {
        await using var other = await StartAsync();
        if (kind == "ES256")
            other.Provider.AddEc("second");
        else
            other.Provider.AddRsa("second", kind == "PS256" ? "PS256" : "RS256", isNamed: kind == "PS256");

        await other.Anonymous.MeAsync(other.Provider.Sign(other.Provider.Claims(other.Time.GetUtcNow(), Someone()), "second")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("a secret")]
    [InlineData("a weak key")]
    public async Task Other_keys_of_the_set_are_passed_over(string kind)
    {
        await using var other = await StartAsync();
        if (kind == "a secret")
            other.Provider.AddSecret("second");
        else
            other.Provider.AddRsa("second", bits: 1024);

        await other.Anonymous.MeAsync(other.Provider.Sign(other.Provider.Claims(other.Time.GetUtcNow(), Someone()), "second")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await other.Anonymous.MeAsync(other.Provider.Sign(other.Provider.Claims(other.Time.GetUtcNow(), Someone()))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "ASVS-9.1.2")]
    public async Task Our_tokens_and_the_providers_are_never_taken_for_each_other()
    {
        var ada = await server.SignedInAs("ada");
        var ours = Claims(ada.AccessToken);
        var theirs = Provider.Claims(Now, ada.Id.ToString());
        var pem = Encoding.UTF8.GetBytes(Provider.PublicPem!);
        string[] confused =
        [
            // The provider's key, our claims.
            Provider.Sign(ours),
            // The provider's public key as a secret, under its own and under our key's name.
            Jwt.Sign(JwtKey.HS256("first", pem), Bytes(theirs)),
            Jwt.Sign(JwtKey.HS256("first", pem), Bytes(ours)),
            Jwt.Sign(JwtKey.HS256(Header(ada.AccessToken)["kid"]!.GetValue<string>(), pem), Bytes(ours)),
            // Somebody's own key, with the provider's name for it.
            Jwt.Sign(JwtKey.RS256("first", RSA.Create(2048)), Bytes(theirs)),
            // Another configured provider's key.
            server.Clerk.Sign(theirs.DeepClone().AsObject()),
            // Our signature under claims that name the provider: parts of two tokens.
            Swap(ada.AccessToken, Provider.Sign(theirs.DeepClone().AsObject())),
            Swap(Provider.Sign(theirs.DeepClone().AsObject()), ada.AccessToken),
        ];

        foreach (var token in confused)
            await server.Anonymous.MeAsync(token).ShouldBeAsync(HttpStatusCode.Unauthorized);
        // Our own key under the provider's claims: even a token that only we can make does not pass for the provider's.
        var own = await server.Services.GetRequiredService<SigningKeys>().CurrentAsync(CancellationToken.None);
        await server.Anonymous.MeAsync(Jwt.Sign(own, Bytes(theirs))).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await ada.Client.GetAsync("/api/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "ASVS-6.8.1")]
    public async Task The_same_subject_at_two_providers_is_two_people()
    {
        var subject = "user_" + Someone();
        var one = await server.Anonymous.MeAsync(Provider.Sign(Provider.Claims(Now, subject))).ReadAsync<User>();
        var other = await server.Anonymous.MeAsync(server.Clerk.Sign(server.Clerk.ClerkClaims(Now, subject))).ReadAsync<User>();

        Assert.NotEqual(one.Id, other.Id);
    }

    [Fact]
    public async Task A_discovery_document_of_somebody_else_brings_no_keys()
    {
        await using var other = await StartAsync();
        other.Provider.ClaimedIssuer = "https://evil.example";

        await other.Anonymous.MeAsync(other.Provider.Sign(other.Provider.Claims(other.Time.GetUtcNow()))).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Assert.Equal(0, other.Provider.Fetches);
    }

    [Theory]
    [InlineData("""{"iss":"\ud800"}""")]
    [InlineData("""{"iss":{"a":1}}""")]
    [InlineData("""["renexus"]""")]
    [InlineData("nonsense")]
    public async Task What_cannot_even_be_read_is_refused(string payload)
    {
        var token = Jwt.Sign(JwtKey.HS256("k", new byte[32]), Encoding.UTF8.GetBytes(payload));

        await server.Anonymous.MeAsync(token).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
    }

    internal static async Task<ExternalServer> StartAsync()
    {
        var server = new ExternalServer();
        await server.InitializeAsync();
        return server;
    }

    private static byte[] Bytes(JsonObject claims) => Encoding.UTF8.GetBytes(claims.ToJsonString());

    private static JsonObject Claims(string token) => Part(token, 1);

    private static JsonObject Header(string token) => Part(token, 0);

    private static JsonObject Part(string token, int part) =>
        JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[part]))!.AsObject();

    private static string Swap(string token, string claimsOf) => string.Join('.', token.Split('.')[0], claimsOf.Split('.')[1], token.Split('.')[2]);
}
