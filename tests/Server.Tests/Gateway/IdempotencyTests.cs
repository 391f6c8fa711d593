using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Idempotency;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>A write that comes again with its key is answered as the first time, whatever went wrong in between (GW-5).</summary>
[Trait("spec", "GW-5")]
public sealed class IdempotencyTests(IdempotencyTests.Server server) : IClassFixture<IdempotencyTests.Server>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_and_does_nothing()
    {
        var ada = await server.SignedInAs("ada");
        var key = NewKey();

        using var first = await SendAsync(ada.Client, "/api/workspaces", new { name = "Once" }, key);
        using var second = await SendAsync(ada.Client, "/api/workspaces", new { name = "Once" }, key);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains(StoredAnswer.ReplayedHeader));
        await ShouldBeTheSameAsync(first, second);
        Assert.Equal(1, await WorkspacesOf(ada));
    }

    [Fact]
    public async Task The_same_key_for_another_body_or_another_address_is_a_mismatch()
    {
        var ada = await server.SignedInAs("ada");
        var key = NewKey();
        await SendAsync(ada.Client, "/api/workspaces", new { name = "One" }, key).ShouldBeAsync(HttpStatusCode.Created);

        await SendAsync(ada.Client, "/api/workspaces", new { name = "Two" }, key)
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyMismatch);
        await SendAsync(ada.Client, "/api/auth/logout", new { name = "One" }, key)
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyMismatch);

        Assert.Equal(1, await WorkspacesOf(ada));
    }

    [Fact]
    public async Task Many_at_once_on_two_nodes_do_it_once_and_get_one_answer()
    {
        var ada = await server.SignedInAs("ada");
        await using var neighbour = await server.StartNeighbourAsync();
        using var there = neighbour.NewClient();
        there.DefaultRequestHeaders.Authorization = ada.Client.DefaultRequestHeaders.Authorization;
        var key = NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            SendAsync(i % 2 == 0 ? ada.Client : there, "/api/workspaces", new { name = "Once" }, key)));

        var done = answers.Where(a => a.StatusCode == HttpStatusCode.Created).ToList();
        Assert.NotEmpty(done);
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"answered {a.StatusCode}"));
        Assert.Single(await Task.WhenAll(done.Select(a => a.Content.ReadAsStringAsync(Stop))).ContinueWith(t => t.Result.Distinct(), Stop));
        Assert.Equal(1, await WorkspacesOf(ada));
    }

    [Fact]
    public async Task A_message_that_is_sent_again_is_the_first_one()
    {
        var ada = await server.SignedInAs("ada");
        var thread = await TestServer.CreateThread(ada, await TestServer.CreateWorkspace(ada));
        var key = NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(ada.Client, $"/api/threads/{thread}/messages", new { body = "hello" }, key)));

        await ShouldAllBeTheSameAsync(answers);
        await SendAsync(ada.Client, $"/api/threads/{thread}/messages", new { body = "other" }, key)
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyMismatch);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from threads.message where thread_id = $1", thread));
    }

    [Fact]
    public async Task An_answer_is_remembered_over_a_restart_for_a_day_and_then_forgotten()
    {
        var ada = await server.SignedInAs("ada");
        var key = NewKey();
        using var first = await SendAsync(ada.Client, "/api/workspaces", new { name = "Day" }, key);
        await using var restarted = await server.StartNeighbourAsync();
        using var client = restarted.NewClient();
        client.DefaultRequestHeaders.Authorization = ada.Client.DefaultRequestHeaders.Authorization;

        using var later = await SendAsync(client, "/api/workspaces", new { name = "Day" }, key);
        await ShouldBeTheSameAsync(first, later);

        await server.ScalarAsync<int>("update gateway.idempotent_request set created_at = created_at - interval '24 hours' where user_id = $1", ada.Id);
        using var nextDay = await SendAsync(client, "/api/workspaces", new { name = "Day" }, key);
        Assert.NotEqual(await first.Content.ReadAsStringAsync(Stop), await nextDay.Content.ReadAsStringAsync(Stop));
        Assert.Equal(2, await WorkspacesOf(ada));
    }

    [Fact]
    public async Task Old_requests_are_removed()
    {
        var ada = await server.SignedInAs("ada");
        await SendAsync(ada.Client, "/api/workspaces", new { name = "Old" }, NewKey()).ShouldBeAsync(HttpStatusCode.Created);
        await SendAsync(ada.Client, "/api/workspaces", new { name = "Young" }, NewKey()).ShouldBeAsync(HttpStatusCode.Created);
        await server.ScalarAsync<int>("""
            update gateway.idempotent_request set created_at = created_at - interval '25 hours'
            where id = (select id from gateway.idempotent_request where user_id = $1 order by created_at limit 1)
            """, ada.Id);

        await server.Services.GetRequiredService<RequestMemory>().ForgetOldAsync(Stop);

        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from gateway.idempotent_request where user_id = $1", ada.Id));
    }

    [Fact]
    public async Task A_failure_after_the_work_undoes_it_and_leaves_the_key_free()
    {
        var ada = await server.SignedInAs("ada");
        var key = NewKey();

        await SendAsync(ada.Client, "/api/test/rename?fail=true", new { }, key).ShouldBeProblemAsync(HttpStatusCode.InternalServerError, ProblemCodes.Internal);
        Assert.Equal("ada", await NameOf(ada));
        await SendAsync(ada.Client, "/api/test/rename?fail=true", new { }, key).ShouldBeProblemAsync(HttpStatusCode.InternalServerError, ProblemCodes.Internal);

        await SendAsync(ada.Client, "/api/test/rename", new { }, NewKey()).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("ada!", await NameOf(ada));
    }

    [Fact]
    public async Task What_is_read_after_the_work_sees_it_and_a_second_transaction_stands_by_itself()
    {
        var ada = await server.SignedInAs("ada");
        var key = NewKey();

        using var first = await SendAsync(ada.Client, "/api/test/rename?twice=true", new { }, key);
        using var second = await SendAsync(ada.Client, "/api/test/rename?twice=true", new { }, key);

        Assert.Equal("\"ada!\"", await first.Content.ReadAsStringAsync(Stop));
        await ShouldBeTheSameAsync(first, second);
        Assert.Equal("ada!!", await NameOf(ada));
    }

    [Fact]
    public async Task A_request_that_was_refused_may_be_tried_again_with_its_key()
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(ada);
        var key = NewKey();
        await SendAsync(bob.Client, $"/api/workspaces/{workspace}/threads", new { title = "Mine" }, key)
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        await TestServer.AddMember(ada, workspace, bob);

        await SendAsync(bob.Client, $"/api/workspaces/{workspace}/threads", new { title = "Mine" }, key).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Keys_of_different_people_are_different_keys()
    {
        var (ada, bob) = (await server.SignedInAs("ada"), await server.SignedInAs("bob"));
        var key = NewKey();

        using var hers = await SendAsync(ada.Client, "/api/workspaces", new { name = "Ours" }, key);
        using var his = await SendAsync(bob.Client, "/api/workspaces", new { name = "Ours" }, key);

        Assert.NotEqual(await hers.Content.ReadAsStringAsync(Stop), await his.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Registering_again_with_the_key_gives_the_same_tokens_and_the_same_cookie()
    {
        var person = new { email = $"{NewKey()}@example.com", password = TestUser.Password, name = "Cy" };
        var key = NewKey();

        using var first = await SendAsync(server.Anonymous, "/api/auth/register", person, key, browser: true);
        using var second = await SendAsync(server.Anonymous, "/api/auth/register", person, key, browser: true);

        await ShouldBeTheSameAsync(first, second);
        Assert.Equal(first.Headers.GetValues("Set-Cookie"), second.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task No_answer_is_kept_in_the_clear()
    {
        var person = new { email = $"{NewKey()}@example.com", password = TestUser.Password, name = "Cy" };
        var logged = await SendAsync(server.Anonymous, "/api/auth/register", person, NewKey()).ReadAsync<LoggedIn>(HttpStatusCode.Created);

        var kept = await server.ScalarAsync<byte[]>("select answer from gateway.idempotent_request where user_id is null order by created_at desc limit 1");
        Assert.NotNull(kept);
        Assert.Throws<JsonException>(() => StoredAnswer.Parse(kept));
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(logged.User.Email))[..16], Encoding.Latin1.GetString(kept), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("256")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var ada = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/workspaces") { Content = JsonContent.Create(new { name = "Bad" }) };
        request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key == "256" ? new string('k', 256) : key);

        var problem = await ada.Client.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        Assert.Contains(IdempotencyKey.Header, problem.Errors!.Keys);
        Assert.Equal(0, await WorkspacesOf(ada));
    }

    [Fact]
    public async Task Several_keys_are_refused()
    {
        var ada = await server.SignedInAs("ada");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/workspaces") { Content = JsonContent.Create(new { name = "Bad" }) };
        request.Headers.Add(IdempotencyKey.Header, ["one", "two"]);

        await ada.Client.SendAsync(request, Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
    }

    private static string NewKey() => Guid.CreateVersion7().ToString();

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, string key, bool browser = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            Headers = { { IdempotencyKey.Header, key } },
        };
        if (browser)
            request.Headers.Add("X-Renexus-Client", "browser");
        return client.SendAsync(request, Stop);
    }

    private static async Task ShouldAllBeTheSameAsync(HttpResponseMessage[] answers)
    {
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        var bodies = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync(Stop)));
        Assert.Single(bodies.Distinct());
    }

    private static async Task ShouldBeTheSameAsync(HttpResponseMessage first, HttpResponseMessage second)
    {
        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(Stop), await second.Content.ReadAsStringAsync(Stop));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Equal(["true"], second.Headers.GetValues(StoredAnswer.ReplayedHeader));
    }

    private async Task<long> WorkspacesOf(TestUser user) =>
        await server.ScalarAsync<long>("select count(*) from workspaces.membership where user_id = $1", user.Id);

    private async Task<string?> NameOf(TestUser user) => await server.ScalarAsync<string>("select name from accounts.user_account where id = $1", user.Id);

    /// <summary>With an address whose work fails, reads or goes on after its commit, as the test asks.</summary>
    public sealed class Server : TestServer
    {
        private static readonly Command Rename = new("test.rename", "update accounts.user_account set name = name || '!' where id = $1");

        private static readonly Query<string> Name = new("test.name", "select name from accounts.user_account where id = $1");

        protected override void Map(WebApplication server) => server.MapPost("/api/test/rename", RenameAsync).ExcludeFromDescription();

        private static async Task<IResult> RenameAsync(
            Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken, bool fail = false, bool twice = false)
        {
            await RenameOnceAsync();
            if (fail)
                throw new InvalidOperationException("after the commit");
            var name = await database.QueryFirstAsync(Scope.Of(caller.UserId), Name, [caller.UserId], cancellationToken);
            if (twice)
                await RenameOnceAsync();
            return TypedResults.Ok(name);

            async Task RenameOnceAsync()
            {
                await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
                await work.ExecuteAsync(Rename, [caller.UserId], cancellationToken);
                await work.CommitAsync(clock.GetUtcNow());
            }
        }
    }
}
