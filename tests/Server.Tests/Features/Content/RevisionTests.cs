using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>The history of an item: kept, shown, gone back to (CO-4).</summary>
[Trait("spec", "CO-4")]
public sealed class RevisionTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CN1_Each_change_is_a_version_with_its_revision_and_what_changes_nothing_is_none()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { body = "one 🎈\ntwo\n", title = "Other" });
        var same = await desk.PatchAsync(new { body = "one 🎈\r\ntwo\r\n", title = "Other" });
        await desk.Patch(desk.Ada, new { labels = (string[])["news"] }).ShouldBeAsync(HttpStatusCode.OK);
        await desk.PatchAsync(new { body = "" });

        var steps = (await desk.HistoryAsync()).Items;

        Assert.Equal(2, same.Version);
        Assert.Equal([(4, 2, desk.Bob.Id), (3, 1, desk.Ada.Id), (2, 1, desk.Bob.Id), (1, 0, desk.Bob.Id)], steps.Select(step => (step.N, step.Document, step.AuthorId!.Value)));
        Assert.Equal(["body"], steps[0].Changed);
        Assert.Equal(["title", "body"], steps[2].Changed);
        Assert.Equal(["one\ntwo\n", "one 🎈\ntwo\n", "one 🎈\ntwo\n", ""], await Task.WhenAll(Enumerable.Range(1, 4).Select(async n => (await desk.RevisionAsync(n)).Body)));
        var third = await desk.RevisionAsync(3);
        Assert.Equal(("Other", "news", 3), (third.Title, third.Labels.Single(), third.N));
        Assert.Equal("Launch", (await desk.RevisionAsync(1)).Title);
        await desk.Vera.Client.GetAsync($"{desk.Path}/revisions/5", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await desk.Stranger.Client.GetAsync($"{desk.Path}/revisions/1", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task CN1_Changes_at_the_same_time_are_all_kept_each_at_its_own_version()
    {
        var desk = await Desk.SetAsync(server);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => desk.Patch(i % 2 == 0 ? desk.Ada : desk.Bob, new { title = $"Title {i}", body = $"text {i}" }).ShouldBeAsync(HttpStatusCode.OK)));

        var steps = (await desk.HistoryAsync()).Items;
        Assert.Equal(Enumerable.Range(1, 9).Reverse().Select(n => ((long)n, n - 1L)), steps.Select(step => (step.N, step.Document)));
        var revisions = await Task.WhenAll(Enumerable.Range(2, 8).Select(n => desk.RevisionAsync(n)));
        Assert.All(revisions, revision => Assert.Equal(revision.Title["Title ".Length..], revision.Body["text ".Length..]));
        Assert.Equal(8, revisions.Select(revision => revision.Title).Distinct().Count());
        Assert.Equal((revisions[^1].Title, revisions[^1].Body), ((await desk.GetAsync()).Title, (await desk.GetAsync()).Body));
    }

    [Fact]
    public async Task CN2_Going_back_is_a_change_like_any_other()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { body = "all other", title = "Other", labels = (string[])["x"], assigneeId = desk.Ada.Id, status = "in_review" });

        var back = await desk.Bob.Client.PostAsync($"{desk.Path}/revisions/1/restore", null, Stop).ReadAsync<ContentItem>();

        Assert.Equal(("Launch", "one\ntwo\n", 3, 2), (back.Title, back.Body, back.Version, back.Document));
        Assert.Empty(back.Labels);
        Assert.Equal(("in_review", desk.Ada.Id), (back.Status, back.AssigneeId));
        Assert.Equal("all other", (await desk.RevisionAsync(2)).Body);
        await desk.Bob.Client.PostAsync($"{desk.Path}/revisions/9/restore", null, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task CN3_What_one_person_changes_at_one_sitting_is_one_step()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { body = "1" });
        await desk.PatchAsync(new { title = "2" });
        await desk.Patch(desk.Ada, new { body = "3" }).ShouldBeAsync(HttpStatusCode.OK);
        await desk.PatchAsync(new { body = "4" });
        await desk.PatchAsync(new { body = "5" });
        // Half an hour passed before the last.
        await server.ScalarAsync<object>("update content.revision set created_at = created_at + interval '30 minutes' where item_id = $1 and n = 6", desk.Item.Id);

        var steps = await desk.HistoryAsync("by=sitting&limit=3");
        var rest = await desk.HistoryAsync($"by=sitting&cursor={steps.Next}");

        Assert.Equal([(6, 6), (5, 5), (4, 4), (3, 1)], steps.Items.Concat(rest.Items).Select(step => (step.N, step.From!.Value)));
        Assert.Equal(["body", "created", "title"], rest.Items[0].Changed);
        Assert.Null(rest.Next);
        var problem = await desk.Bob.Client.GetAsync($"{desk.Path}/revisions?by=year", Stop).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Equal(["by"], problem.Errors!.Keys);
    }
}
