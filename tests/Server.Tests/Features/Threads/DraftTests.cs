using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Realtime;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Threads;

/// <summary>What somebody has begun to write (DR1 to DR3): the same on all devices of that person, and nobody else's.</summary>
[Trait("spec", "TH-2")]
public sealed class DraftTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task DR1_a_draft_is_kept_listed_heard_by_its_own_devices_and_gone_when_emptied()
    {
        var room = await Room.MakeAsync(server);
        await using var device = await room.EnterAsync(room.Ada);
        await device.AnswerAsync(await device.SendAsync("subscribe", $"user:{room.Ada.Id}", new { v = 0 }));
        Assert.Equal(new Draft(room.Thread, "", null, 0, null), await GetAsync(room.Ada, room.Thread));

        var kept = await PutAsync(room.Ada, room.Thread, "Dear all").ReadAsync<Draft>();

        Assert.Equal((room.Thread, "Dear all", 1), (kept.ThreadId, kept.Body, kept.Version));
        Assert.Equal(kept, await GetAsync(room.Ada, room.Thread));
        Assert.Equal([kept], (await ListAsync(room.Ada)).Items);
        var heard = (await device.NextAsync("update")).GetProperty("payload");
        Assert.Equal(("draft", "Dear all"), (heard.GetProperty("resource").GetString(), heard.GetProperty("data").GetProperty("body").GetString()));

        var emptied = await PutAsync(room.Ada, room.Thread, "").ReadAsync<Draft>();
        Assert.Equal(("", 2), (emptied.Body, emptied.Version));
        Assert.Empty((await ListAsync(room.Ada)).Items);
        Assert.Equal(3, (await PutAsync(room.Ada, room.Thread, "Again").ReadAsync<Draft>()).Version);
    }

    [Fact]
    public async Task DR1_a_draft_that_only_answers_a_message_is_one()
    {
        var room = await Room.MakeAsync(server);
        var answered = Guid.CreateVersion7();

        await PutAsync(room.Ada, room.Thread, "", answered).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(answered, Assert.Single((await ListAsync(room.Ada)).Items).ReplyTo);
    }

    [Fact]
    public async Task DR2_one_based_on_another_version_is_refused_with_the_one_that_stands_and_the_same_once_more_is_no_change()
    {
        var room = await Room.MakeAsync(server);
        await PutAsync(room.Ada, room.Thread, "From the phone", version: 0).ShouldBeAsync(HttpStatusCode.OK);

        using var refused = await PutAsync(room.Ada, room.Thread, "From the desk", version: 0);
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("From the phone", problem.GetProperty("current").GetProperty("body").GetString());
        Assert.Equal(1, (await PutAsync(room.Ada, room.Thread, "From the phone", version: 0).ReadAsync<Draft>()).Version);
        Assert.Equal(2, (await PutAsync(room.Ada, room.Thread, "From both", version: 1).ReadAsync<Draft>()).Version);

        var announced = (await server.AnnouncedOnAsync(Channels.UserKind, room.Ada.Id)).Count(change => change.What is "update draft");
        Assert.Equal(2, announced);
    }

    [Fact]
    public async Task DR2_of_many_devices_at_once_with_one_base_one_is_taken()
    {
        var room = await Room.MakeAsync(server);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(room.Ada, room.Thread, $"device {i}", version: 0)));

        var taken = Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.All(answers.Except([taken]), answer => Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode));
        Assert.Equal((await taken.Content.ReadFromJsonAsync(ContractsJson.Lenient.Draft, TestContext.Current.CancellationToken))!, await GetAsync(room.Ada, room.Thread));
    }

    [Fact]
    public async Task DR3_a_draft_is_its_persons_alone_and_is_not_there_where_the_thread_is_not()
    {
        var room = await Room.MakeAsync(server);
        await PutAsync(room.Ada, room.Thread, "Between me and me").ShouldBeAsync(HttpStatusCode.OK);
        await PutAsync(room.Bob, room.Thread, "Bob's own").ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal("Bob's own", (await GetAsync(room.Bob, room.Thread)).Body);
        Assert.Equal("Bob's own", Assert.Single((await ListAsync(room.Bob)).Items).Body);
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Channels.UserKind, room.Bob.Id), change => change.Data.GetRawText().Contains("Between me", StringComparison.Ordinal));
        await PutAsync(room.Stranger, room.Thread, "x").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await server.Anonymous.GetAsync($"/api/threads/{room.Thread}/draft").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);

        await room.Ada.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{room.Bob.Id}", TestContext.Current.CancellationToken);
        Assert.Empty((await ListAsync(room.Bob)).Items);
        await room.Bob.Client.GetAsync($"/api/threads/{room.Thread}/draft").ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        await room.Ada.Client.DeleteAsync($"/api/threads/{room.Thread}", TestContext.Current.CancellationToken);
        Assert.Empty((await ListAsync(room.Ada)).Items);
    }

    [Fact]
    public async Task A_draft_without_a_body_or_longer_than_a_message_is_refused()
    {
        var room = await Room.MakeAsync(server);

        var missing = await room.Ada.Client.PutAsJsonAsync($"/api/threads/{room.Thread}/draft", new { }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Contains("body", missing.Errors!.Keys);
        var tooLong = await PutAsync(room.Ada, room.Thread, new string('x', 102_401)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.PayloadTooLarge);
        Assert.Contains("102400", tooLong.Detail, StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync(room.Ada, room.Thread)).Version);
    }

    private static Task<HttpResponseMessage> PutAsync(TestUser user, Guid thread, string body, Guid? replyTo = null, long? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/threads/{thread}/draft") { Content = JsonContent.Create(new { body, replyTo }) };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return user.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<Draft> GetAsync(TestUser user, Guid thread) => user.Client.GetAsync($"/api/threads/{thread}/draft").ReadAsync<Draft>();

    private static Task<Page<Draft>> ListAsync(TestUser user) => user.Client.GetAsync("/api/me/drafts").ReadAsync<Page<Draft>>();
}
