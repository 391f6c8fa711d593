using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Logging;

namespace Renexus.Server.Tests.Gateway;

[Trait("spec", "OB-3")]
public sealed class RedactionTests
{
    private const string Canary = "canary-hunter2";

    private static readonly Redaction Redaction = new(new RenexusOptions
    {
        Database = new DatabaseOptions { ConnectionString = "Host=db;Username=app" },
        Email = new EmailOptions { Password = Canary + "-configured" },
    });

    [Theory]
    [InlineData("GET /verify?token=canary-hunter2&x=1")]
    [InlineData("""{"email":"a@b","password":"canary-hunter2"}""")]
    [InlineData("""{"refreshToken": "canary-hunter2"}""")]
    [InlineData("""{\"password\":\"canary-hunter2\"}""")]
    [InlineData("Host=db;Username=app;Password=canary-hunter2;Pooling=true")]
    [InlineData("password: 'canary-hunter2'")]
    [InlineData("Authorization: Bearer canary-hunter2")]
    [InlineData("authorization = Basic canary-hunter2")]
    [InlineData("sent bearer canary-hunter2 to it")]
    [InlineData("Cookie: a=b; renexus_refresh=canary-hunter2")]
    [InlineData("Set-Cookie: renexus_refresh=canary-hunter2; HttpOnly")]
    [InlineData("X-Api-Key: canary-hunter2")]
    [InlineData("api_key=canary-hunter2")]
    [InlineData("postgres://app:canary-hunter2@db/renexus")]
    [InlineData("client_secret=canary-hunter2&grant_type=x")]
    [InlineData("it said canary-hunter2-configured by itself")]
    public void A_secret_is_taken_out_wherever_it_is_named(string text)
    {
        Assert.DoesNotContain(Canary, Redaction.Clean(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl")]
    [InlineData("whsec_C2FVsBQIhrscChlQIMV-b5sSYspob7oD")]
    [InlineData("sk-proj-abcdefghijklmnop1234")]
    [InlineData("Vd9mYc3qZ8sT1xKpL6wRjN2hBfG5uA0eQoiDtXyM4kU")]
    public void A_secret_is_known_by_its_shape(string secret)
    {
        Assert.DoesNotContain(secret, Redaction.Clean($"POST /api/invitations/{secret}/accept failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /api/threads/01932b5c-7a3e-7c4d-9f10-3b6a5e8d2c41/messages 201")]
    [InlineData("trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7")]
    [InlineData("sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("   at Renexus.Server.Gateway.Authentication.AccessTokenHandler.HandleAuthenticateAsync() in AccessTokenHandler.cs:line 26")]
    [InlineData("AuthenticationScheme: Bearer was not authenticated.")]
    [InlineData("Slow statement threads.by_id took 120 ms")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, Redaction.Clean(text));
}
