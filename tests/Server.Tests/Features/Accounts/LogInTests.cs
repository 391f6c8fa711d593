using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-1")]
public class LogInTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logging_in_answers_the_user_and_tokens_and_records_the_session()
    {
        var user = await server.SignedInAs("ada");

        var answer = await server.Anonymous.LogInAsync(user.Email.ToUpperInvariant()).ReadAsync<LoggedIn>();

        Assert.Equal(user.Id, answer.User.Id);
        Assert.Equal(900, answer.ExpiresIn);
        await server.Anonymous.MeAsync(answer.AccessToken).ShouldBeAsync(HttpStatusCode.OK);
        var sessions = await user.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>();
        Assert.Equal(2, sessions.Items.Count);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-04")]
    public async Task An_unknown_address_and_a_wrong_password_get_the_same_answer_for_the_same_work()
    {
        var user = await server.SignedInAs("ada");
        using var checks = new CheckCounter(server);

        var wrong = await server.Anonymous.LogInAsync(user.Email, "not the password").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
        var afterWrong = checks.Count;
        var unknown = await server.Anonymous.LogInAsync(AccountsHttp.NewEmail(), "not the password").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

        Assert.Equal(wrong with { TraceId = null }, unknown with { TraceId = null });
        Assert.Equal(1, afterWrong);
        Assert.Equal(2, checks.Count);
    }

    [Fact]
    [Trait("security", "SEC-AUTH-02")]
    public async Task A_weak_hash_is_replaced_at_the_next_log_in()
    {
        var user = await server.SignedInAs("ada");
        var weak = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(null!, TestUser.Password);
        await server.ScalarAsync<object>("update accounts.user_account set password_hash = $2 where id = $1", user.Id, weak);

        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);

        Assert.NotEqual(weak, await server.ScalarAsync<string>("select password_hash from accounts.user_account where id = $1", user.Id));
        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"password":"long enough"}""", "email")]
    [InlineData("""{"email":"ada@example.com"}""", "password")]
    [InlineData("""{"email":7,"password":"long enough"}""", "email")]
    [InlineData("""{"email":"ada@example.com","password":"long enough","remember":true}""", "remember")]
    public async Task Bad_input_is_refused_and_its_field_named(string body, string field)
    {
        var problem = await server.Anonymous.PostAsync("/api/auth/login", new StringContent(body, Encoding.UTF8, "application/json"), Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(field, problem.Errors!.Keys);
    }

    [Fact]
    [Trait("security", "SEC-CSRF-02")]
    public async Task A_foreign_page_cannot_log_a_browser_in()
    {
        var user = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
        {
            Content = JsonContent.Create(new { email = user.Email, password = TestUser.Password }),
            Headers = { { "X-Renexus-Client", "browser" }, { "Sec-Fetch-Site", "cross-site" }, { "Origin", "https://evil.example" } },
        };

        await server.Anonymous.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
    }

    /// <summary>How often this server compared a password: the work that log-in does, whatever the machine's mood.</summary>
    private sealed class CheckCounter : IDisposable
    {
        private readonly MeterListener listener = new();
        private long count;

        public CheckCounter(TestServer server)
        {
            var meters = server.Services.GetRequiredService<IMeterFactory>();
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == Passwords.ChecksName && ReferenceEquals(instrument.Meter.Scope, meters))
                    self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, measured, _, _) => Interlocked.Add(ref count, measured));
            listener.Start();
        }

        public long Count => Interlocked.Read(ref count);

        public void Dispose() => listener.Dispose();
    }
}
