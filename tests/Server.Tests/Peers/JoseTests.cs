using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Secrets;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Server.Tests.Features.Accounts.External;
using Renexus.Server.Tests.Gateway.Outbound;
using Renexus.Testing;

namespace Renexus.Server.Tests.Peers;

/// <summary>The npm package jose as a second opinion on our tokens, and as the tool of somebody who forges them.</summary>
[Trait("spec", "AU-2")]
public sealed class JoseTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Another_library_takes_our_access_token_and_reads_the_same_in_it()
    {
        await using var jose = await NodePeer.StartAsync("jwt.mjs");
        var ada = await server.SignedInAs("ada");

        var verified = await jose.AskAsync("verify", new
        {
            token = ada.AccessToken,
            secret = await SecretAsync(ada.AccessToken),
            algorithms = (string[])["HS256"],
            issuer = "renexus",
            audience = "renexus",
        });

        Assert.Equal(ada.Id, verified.GetProperty("payload").GetProperty("sub").GetGuid());
        Assert.Equal("JWT", verified.GetProperty("header").GetProperty("typ").GetString());
        var refused = await jose.TryAsync("verify", new
        {
            token = ada.AccessToken,
            secret = Convert.ToBase64String(new byte[32]),
            algorithms = (string[])["HS256"],
            issuer = "renexus",
            audience = "renexus",
        });
        Assert.Contains("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Another_library_takes_what_we_sign_with_other_algorithms(string algorithm)
    {
        await using var jose = await NodePeer.StartAsync("jwt.mjs");
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = algorithm switch { "RS256" => JwtKey.RS256("k", rsa), "PS256" => JwtKey.PS256("k", rsa), _ => JwtKey.ES256("k", ec) };
        var (rsaKey, point) = (rsa.ExportParameters(includePrivateParameters: false), ec.ExportParameters(includePrivateParameters: false).Q);
        static string Encode(byte[]? bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
        object jwk = algorithm == "ES256"
            ? new { kty = "EC", crv = "P-256", x = Encode(point.X), y = Encode(point.Y) }
            : new { kty = "RSA", n = Encode(rsaKey.Modulus), e = Encode(rsaKey.Exponent) };
        var token = Jwt.Sign(key, Encoding.UTF8.GetBytes("""{"iss":"us","aud":"them","sub":"ada"}"""));

        var verified = await jose.AskAsync("verify", new { token, jwk, algorithms = (string[])[algorithm], issuer = "us", audience = "them" });

        Assert.Equal("ada", verified.GetProperty("payload").GetProperty("sub").GetString());
    }

    [Fact]
    [Trait("security", "ASVS-9.1.1")]
    public async Task No_forgery_opens_anything_over_HTTP_or_a_socket_and_nothing_it_names_is_fetched()
    {
        await using var jose = await NodePeer.StartAsync("jwt.mjs");
        await using var evil = Upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        var ada = await server.SignedInAs("ada");
        var forgeries = (await jose.AskAsync("forge", new { token = ada.AccessToken, evil = $"http://{evil.Address}" })).EnumerateObject().ToList();
        Assert.True(forgeries.Count >= 35, $"{forgeries.Count}");

        foreach (var forgery in forgeries)
            await AssertRefusedAsync(forgery.Name, forgery.Value.GetString()!);
        Assert.Equal(0, evil.Hits);
        await ada.Client.GetAsync("/api/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("security", "ASVS-9.2.1")]
    public async Task A_token_with_our_own_signature_serves_its_one_purpose_alone()
    {
        await using var jose = await NodePeer.StartAsync("jwt.mjs");
        var ada = await server.SignedInAs("ada");
        var misuses = (await jose.AskAsync("misuse", new { token = ada.AccessToken, secret = await SecretAsync(ada.AccessToken) })).EnumerateObject().ToList();
        Assert.True(misuses.Count >= 25, $"{misuses.Count}");

        foreach (var misuse in misuses)
            await AssertRefusedAsync(misuse.Name, misuse.Value.GetString()!);
        // A refresh token is no access token, and the other way round.
        await AssertRefusedAsync("refresh token", ada.RefreshToken);
        await server.Anonymous.RefreshAsync(ada.AccessToken).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    private async Task AssertRefusedAsync(string what, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await server.Anonymous.SendAsync(request);
        Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{what}: {(int)response.StatusCode}");

        await using var socket = await TestSocket.ConnectAsync(server.Address);
        await socket.SendAsync("subscribe", "$session", new { token });
        var code = await socket.Closed;
        Assert.True(code == CloseCodes.BadToken, $"{what}: {code}");
    }

    private async Task<string> SecretAsync(string token)
    {
        var header = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]));
        var kid = header.GetProperty("kid").GetString()!;
        var stored = await server.ScalarAsync<byte[]>("select secret from accounts.signing_key where kid = $1", kid);
        return Convert.ToBase64String(server.Services.GetRequiredService<SecretFields>().Decrypt(SigningKeys.Secret, kid, stored));
    }
}

/// <summary>Clerk's own library agrees with us about the session tokens that our tests make (reference for the claims and the skew).</summary>
[Trait("spec", "AU-8")]
public sealed class ClerkVerifierTests(ExternalServer server) : IClassFixture<ExternalServer>
{
    [Theory]
    [InlineData("https://renexus.example", 0, true)]
    [InlineData(null, 0, true)]
    [InlineData("https://evil.example", 0, false)]
    [InlineData("https://renexus.example", -70, false)]
    [InlineData("https://renexus.example", 60, false)]
    public async Task Both_take_and_refuse_the_same_session_tokens(string? party, int issuedSecondsAgo, bool isTaken)
    {
        await using var clerk = await NodePeer.StartAsync("jwt.mjs");
        var claims = server.Clerk.ClerkClaims(TimeProvider.System.GetUtcNow().AddSeconds(issuedSecondsAgo), $"user_{Guid.CreateVersion7():n}", $"sess_{Guid.CreateVersion7():n}", party);
        server.Time.Leap(TimeProvider.System.GetUtcNow() - server.Time.GetUtcNow());
        var token = server.Clerk.Sign(claims);

        var theirs = await clerk.TryAsync("verifyAsClerk", new { token, pem = server.Clerk.PublicPem, authorizedParties = (string[])["https://renexus.example", "https://app.example"] });
        using var ours = await server.Anonymous.MeAsync(token);

        Assert.Equal(isTaken, theirs.TryGetProperty("value", out _));
        Assert.Equal(isTaken, ours.StatusCode == HttpStatusCode.OK);
    }
}
