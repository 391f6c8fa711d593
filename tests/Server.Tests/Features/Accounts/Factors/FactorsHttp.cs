using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Factors;

/// <summary>What people do with second factors, as requests.</summary>
internal static class FactorsHttp
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Turns codes on, one step before now, so that the code of now is still good.</summary>
    public static async Task<(App App, string[] RecoveryCodes)> WithTotpAsync(this FrozenTestServer server, TestUser user)
    {
        var enrolment = await user.Client.PostAsync("/api/me/totp", null, Stop).ReadAsync<TotpEnrolment>();
        var app = new App(enrolment.Secret, server.Time);
        var codes = await user.Client.PostAsJsonAsync("/api/me/totp/confirm", new { code = app.Code(-1) }, Stop).ReadAsync<RecoveryCodes>();
        return (app, [.. codes.Codes]);
    }

    public static Task<HttpResponseMessage> LogInAsync(this HttpClient client, TestUser user, string? code) =>
        client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = TestUser.Password, code }, Stop);

    public static Task<SecuritySettings> SecurityAsync(this HttpClient client) => client.GetAsync("/api/me/security", Stop).ReadAsync<SecuritySettings>();

    /// <summary>An authenticator app on somebody's phone.</summary>
    public sealed class App(string secret, TimeProvider clock)
    {
        private readonly byte[] seed = Decode(secret);

        /// <summary>What it shows now, or so many steps later.</summary>
        public string Code(int steps = 0) => Totp.CodeAt(seed, Totp.StepAt(clock.GetUtcNow()) + steps);

        /// <summary>Six digits that are not good now.</summary>
        public string WrongCode()
        {
            string[] good = [Code(-1), Code(), Code(1)];
            return Enumerable.Range(0, 4).Select(digit => new string((char)('0' + digit), 6)).First(code => !good.Contains(code));
        }

        private static byte[] Decode(string text)
        {
            var bits = string.Concat(text.Select(c => Convert.ToString(Base32.Rfc4648.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
            return [.. bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2))];
        }
    }
}
