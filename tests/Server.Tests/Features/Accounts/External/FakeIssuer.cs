using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>An identity provider that says what the test wants: discovery, keys, and tokens signed with them.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, (JwtKey Key, JsonObject Public)> keys = new(StringComparer.Ordinal);
    private readonly List<string> published = [];
    private int fetches;

    private FakeIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
        AddRsa("first");
    }

    /// <summary>As in <c>iss</c>.</summary>
    public string Issuer => app.Urls.First();

    /// <summary>How often its keys were fetched.</summary>
    public int Fetches => Volatile.Read(ref fetches);

    /// <summary>Answers nothing useful any more.</summary>
    public bool IsDown { get; set; }

    /// <summary>What its discovery document calls itself, if not by its name.</summary>
    public string? ClaimedIssuer { get; set; }

    /// <summary>What its token endpoint answers to a form, with the header that authorizes it.</summary>
    public Func<Dictionary<string, string>, string, JsonObject>? Redeem { get; set; }

    /// <summary>What its userinfo endpoint answers, if more than who it is.</summary>
    public JsonObject? UserInfo { get; set; }

    public string[] AuthenticationMethods { get; set; } = ["client_secret_basic", "client_secret_post"];

    /// <summary>Held back until the test lets them go.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public static async Task<FakeIssuer> StartAsync()
    {
        var issuer = new FakeIssuer();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>The public part of a key, as PEM.</summary>
    public string? PublicPem { get; private set; }

    public void AddRsa(string id, string algorithm = "RS256", int bits = 2048, bool isNamed = true)
    {
        var rsa = RSA.Create(bits);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        PublicPem = rsa.ExportSubjectPublicKeyInfoPem();
        var key = algorithm == "PS256" ? JwtKey.PS256(id, rsa) : bits < 2048 ? Weak(id, rsa) : JwtKey.RS256(id, rsa);
        Publish(id, key, new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        }, isNamed ? algorithm : null);
    }

    public void AddEc(string id)
    {
        var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        Publish(id, JwtKey.ES256(id, ec), new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        }, "ES256");
    }

    /// <summary>A secret in the key set, as a careless provider might publish it.</summary>
    public void AddSecret(string id)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        Publish(id, JwtKey.HS256(id, secret), new JsonObject { ["kty"] = "oct", ["k"] = Base64Url.EncodeToString(secret) }, "HS256");
    }

    /// <summary>Takes a key out of the set; tokens can still be signed with it.</summary>
    public void Withdraw(string id)
    {
        lock (published)
            published.Remove(id);
    }

    /// <summary>Signs whatever claims.</summary>
    public string Sign(JsonObject claims, string key = "first", string type = "JWT") => Jwt.Sign(keys[key].Key, Encoding.UTF8.GetBytes(claims.ToJsonString()), type);

    /// <summary>The claims of an ordinary token.</summary>
    public JsonObject Claims(DateTimeOffset now, string subject = "ada", string audience = "https://renexus.example", int lifetime = 300) => new()
    {
        ["iss"] = Issuer,
        ["sub"] = subject,
        ["aud"] = audience,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + lifetime,
        ["sid"] = "session-of-" + subject,
        ["jti"] = Guid.CreateVersion7().ToString(),
    };

    /// <summary>The claims of a session token of Clerk, version 2.</summary>
    public JsonObject ClerkClaims(DateTimeOffset now, string subject = "user_2abc", string session = "sess_1", string? party = "https://renexus.example") =>
        JsonSerializer.SerializeToNode(new Dictionary<string, object?>
        {
            ["azp"] = party,
            ["exp"] = now.ToUnixTimeSeconds() + 60,
            ["fva"] = new[] { 0, -1 },
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["jti"] = "f00d",
            ["nbf"] = now.ToUnixTimeSeconds() - 10,
            ["pla"] = "u:free",
            ["sid"] = session,
            ["sts"] = "active",
            ["sub"] = subject,
            ["v"] = 2,
        }.Where(c => c.Value is not null).ToDictionary())!.AsObject();

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private void Publish(string id, JwtKey key, JsonObject jwk, string? algorithm)
    {
        jwk["kid"] = id;
        if (algorithm is not null)
            jwk["alg"] = algorithm;
        keys[id] = (key, jwk);
        lock (published)
            published.Add(id);
    }

    // The class refuses such keys, so this one signs through another's face.
    private static JwtKey Weak(string id, RSA rsa) =>
        (JwtKey)Activator.CreateInstance(typeof(JwtKey), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance, binder: null,
            [id, "RS256", (Func<byte[], byte[]>)(i => rsa.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), (Func<byte[], byte[], bool>)((_, _) => true)], culture: null)!;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (IsDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (path == "/.well-known/openid-configuration")
        {
            await context.Response.WriteAsJsonAsync(new
            {
                issuer = ClaimedIssuer ?? Issuer,
                jwks_uri = Issuer + "/keys",
                authorization_endpoint = Issuer + "/authorize?tenant=1",
                token_endpoint = Issuer + "/token",
                userinfo_endpoint = Issuer + "/userinfo",
                token_endpoint_auth_methods_supported = AuthenticationMethods,
            });
        }
        else if (path is "/token" && Redeem is { } redeem)
        {
            var form = await context.Request.ReadFormAsync();
            var answer = redeem(form.ToDictionary(field => field.Key, field => field.Value.ToString()), context.Request.Headers.Authorization.ToString());
            context.Response.StatusCode = answer.ContainsKey("error") ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
            await context.Response.WriteAsync(answer.ToJsonString());
        }
        else if (path is "/userinfo")
        {
            // Nothing more than the subject, which the test's access tokens are.
            var subject = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
            await context.Response.WriteAsync((UserInfo ?? new JsonObject { ["sub"] = subject }).ToJsonString());
        }
        else if (path is "/keys" or "/.well-known/jwks.json")
        {
            Interlocked.Increment(ref fetches);
            if (Hold is { } hold)
                await hold.Task;
            JsonArray set;
            lock (published)
                set = [.. published.Select(id => keys[id].Public.DeepClone())];
            await context.Response.WriteAsync(new JsonObject { ["keys"] = set }.ToJsonString());
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
