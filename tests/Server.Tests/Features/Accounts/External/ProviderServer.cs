using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>A server at whose sign-in screen there is a provider, the test's own.</summary>
public class ProviderServer : TestServer
{
    public const string Origin = "https://renexus.example";
    public const string ClientId = "renexus at provider";
    public const string ClientSecret = "s3cret:with/odd characters";

    private readonly Dictionary<string, (string Challenge, string Nonce, JsonObject Claims)> codes = new(StringComparer.Ordinal);

    internal FakeIssuer Provider { get; private set; } = null!;

    /// <summary>Its clock, which begins at the real time.</summary>
    public FakeTime Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings,
        new("Renexus:PublicUrl", Origin),
        new("Renexus:Identity:Issuers:0:Issuer", Provider.Issuer),
        new("Renexus:Identity:Issuers:0:Id", "company"),
        new("Renexus:Identity:Issuers:0:Name", "Company"),
        new("Renexus:Identity:Issuers:0:ClientId", ClientId),
        new("Renexus:Identity:Issuers:0:ClientSecret", ClientSecret),
    ];

    protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));

    public override async ValueTask InitializeAsync()
    {
        Provider = await FakeIssuer.StartAsync();
        Provider.Redeem = Redeem;
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the token endpoint was last asked with.</summary>
    internal (Dictionary<string, string> Form, string Authorization) LastRedeemed { get; private set; } = ([], "");

    /// <summary>Somebody signs in at the provider, who was sent there; answers what the provider sends back.</summary>
    /// <param name="change">What the identity token says differently.</param>
    internal ProviderAnswerRequest ComeBack(ProviderSignIn sent, string subject, string? email = null, bool isVerified = true, Action<JsonObject>? change = null)
    {
        var query = QueryHelpers.ParseQuery(new Uri(sent.Address).Query);
        var claims = Provider.Claims(Time.GetUtcNow(), subject, ClientId);
        claims["nonce"] = query["nonce"].ToString();
        claims["auth_time"] = Time.GetUtcNow().ToUnixTimeSeconds();
        claims["name"] = "Ada Lovelace";
        if (email is not null)
            (claims["email"], claims["email_verified"]) = (email, isVerified);
        change?.Invoke(claims);
        var code = Guid.CreateVersion7().ToString("n");
        lock (codes)
            codes[code] = (query["code_challenge"].ToString(), query["nonce"].ToString(), claims);
        return new ProviderAnswerRequest { Code = code, State = query["state"].ToString(), Flow = sent.Flow };
    }

    public Task<ProviderSignIn> BeginAsync(bool fresh = false) =>
        Anonymous.PostAsJsonAsync("/api/auth/providers/company/begin", new { fresh }).ReadAsync<ProviderSignIn>();

    internal Task<HttpResponseMessage> CompleteAsync(ProviderAnswerRequest answer) => Anonymous.PostAsJsonAsync("/api/auth/providers/company/complete", answer);

    /// <summary>All of it.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string subject, string? email = null, bool isVerified = true) =>
        await CompleteAsync(ComeBack(await BeginAsync(), subject, email, isVerified));

    // As the standard says: a code is good once, and only for who began.
    private JsonObject Redeem(Dictionary<string, string> form, string authorization)
    {
        LastRedeemed = (form, authorization);
        lock (codes)
        {
            if (!codes.Remove(form.GetValueOrDefault("code", ""), out var begun)
                || begun.Challenge != Base64UrlTextEncoder.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form.GetValueOrDefault("code_verifier", "")))))
                return new JsonObject { ["error"] = "invalid_grant" };
            return new JsonObject { ["id_token"] = Provider.Sign(begun.Claims), ["access_token"] = (string?)begun.Claims["sub"] ?? "nobody", ["token_type"] = "Bearer" };
        }
    }
}
