using System.Net;
using System.Text;
using Renexus.Contracts;

namespace Renexus.Client.Tests.Http;

public sealed class ApiTests : IDisposable
{
    private const string LoggedIn = """
        {"user":{"id":"0199f0aa-0000-7000-8000-000000000001","email":"ada@example.com","emailVerified":false,"name":"Ada","isOperator":true,
        "version":1,"createdAt":"2026-11-21T08:00:00.000Z","updatedAt":"2026-11-21T08:00:00.000Z","somethingNew":{}},
        "accessToken":"access-1","expiresIn":900,"refreshToken":"refresh-1"}
        """;

    private const string Workspace =
        """{"id":"0199f0aa-0000-7000-8000-000000000002","name":"W","role":"owner","version":1,"createdAt":"2026-11-21T08:00:00Z","updatedAt":"2026-11-21T08:00:00Z"}""";

    private readonly Script script = new();
    private readonly RenexusClient client;

    public ApiTests() => client = new RenexusClient(new HttpClient(script) { BaseAddress = new Uri("http://server/") });

    public void Dispose()
    {
        client.Dispose();
        script.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_log_in_calls_carry_its_token()
    {
        script.Answer(200, LoggedIn);
        script.Answer(201, Workspace);

        var user = await client.Accounts.LogInAsync("ada@example.com", "secret secret", cancellationToken: Cancel);
        await client.Workspaces.CreateAsync("W", Guid.Empty, Cancel);

        Assert.Equal("Ada", user.Name);
        Assert.Equal("refresh-1", client.RefreshToken);
        Assert.Equal("""POST /api/auth/login  {"email":"ada@example.com","password":"secret secret"}""", script.Asked[0]);
        Assert.Equal("""POST /api/workspaces Bearer access-1 {"id":"00000000-0000-0000-0000-000000000000","name":"W"}""", script.Asked[1]);
    }

    [Fact]
    public async Task A_refusal_is_one_exception_with_code_fields_and_trace()
    {
        await LogInAsync();
        script.Answer(
            400,
            """{"type":"/problems/validation-failed","title":"Invalid","status":400,"code":"validation_failed","traceId":"t1","errors":{"name":["Too long."]}}""",
            "application/problem+json");

        var problem = await Assert.ThrowsAsync<ProblemException>(() => client.Workspaces.CreateAsync("W", cancellationToken: Cancel));

        Assert.Equal(
            ("/problems/validation-failed", ProblemCodes.ValidationFailed, (int?)400, "t1"),
            (problem.Type, problem.Code, problem.Status, problem.TraceId));
        Assert.Equal(["Too long."], problem.Errors["name"]);
    }

    [Theory]
    [InlineData(502, ProblemCodes.Unavailable)]
    [InlineData(429, ProblemCodes.RateLimited)]
    [InlineData(418, ProblemCodes.Internal)]
    public async Task So_is_the_answer_of_a_proxy(int status, string code)
    {
        await LogInAsync();
        script.Answer(status, "<h1>oh</h1>", "text/html");

        var problem = await Assert.ThrowsAsync<ProblemException>(() => client.Accounts.GetMeAsync(Cancel));

        Assert.Equal((code, (int?)status), (problem.Code, problem.Status));
    }

    [Fact]
    [Trait("spec", "AU-3")]
    public async Task An_expired_token_is_renewed_and_the_call_repeated_once()
    {
        await LogInAsync();
        script.Answer(401, Problem(401, ProblemCodes.TokenExpired), "application/problem+json");
        script.Answer(200, """{"accessToken":"access-2","expiresIn":900,"refreshToken":"refresh-2"}""");
        script.Answer(201, Workspace);

        await client.Workspaces.CreateAsync("W", Guid.Empty, Cancel);

        Assert.Equal("""POST /api/auth/refresh  {"refreshToken":"refresh-1"}""", script.Asked[2]);
        Assert.Equal("""POST /api/workspaces Bearer access-2 {"id":"00000000-0000-0000-0000-000000000000","name":"W"}""", script.Asked[3]);
    }

    [Fact]
    [Trait("spec", "GW-7")]
    public async Task Lists_are_read_page_by_page()
    {
        await LogInAsync();
        script.Answer(200, $$"""{"items":[{{Workspace}}],"next":"a b"}""");
        script.Answer(200, $$"""{"items":[{{Workspace}}],"next":null}""");

        var count = 0;
        await foreach (var workspace in client.Workspaces.ListAllAsync(Cancel))
            count += workspace.Name.Length;

        Assert.Equal(2, count);
        Assert.StartsWith("GET /api/workspaces Bearer", script.Asked[1], StringComparison.Ordinal);
        Assert.StartsWith("GET /api/workspaces?cursor=a%20b Bearer", script.Asked[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_is_nobody_yet()
    {
        await LogInAsync();
        script.Answer(202, "");

        Assert.Null(await client.Workspaces.AddMemberAsync(Guid.Empty, "bob@example.com", Roles.Editor, Cancel));
    }

    private async Task LogInAsync()
    {
        script.Answer(200, LoggedIn);
        await client.Accounts.LogInAsync("ada@example.com", "secret secret", cancellationToken: Cancel);
    }

    private static string Problem(int status, string code) => $$"""{"type":"/problems/x","title":"X","status":{{status}},"code":"{{code}}"}""";

    private sealed class Script : HttpMessageHandler
    {
        private readonly Queue<HttpResponseMessage> answers = new();

        public List<string> Asked { get; } = [];

        public void Answer(int status, string body, string type = "application/json") =>
            answers.Enqueue(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) });

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery} {request.Headers.Authorization} {body}");
            return answers.Dequeue();
        }
    }
}
