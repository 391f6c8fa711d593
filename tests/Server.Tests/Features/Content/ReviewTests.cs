using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Approval is of exactly what was read, and of nothing else (CO-1).</summary>
[Trait("spec", "CO-1")]
public sealed class ReviewTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CN5_The_hash_is_of_what_people_read_and_anybody_can_compute_it()
    {
        var desk = await Desk.SetAsync(server, body: "Grüße \"<&>\" 🎈\n\u2028\u0001\\");
        var item = await desk.PatchAsync(new { title = "Тест", variants = new[] { new { platform = "x", text = "a/b" } }, labels = (string[])["l"] });

        // As JSON.stringify writes it.
        var json = """{"kind":"post","title":"Тест","body":"Grüße \"<&>\" 🎈\n""" + '\u2028' + """\u0001\\","variants":[{"platform":"x","text":"a/b"}],"media":[]}""";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))), item.Hash);
        Assert.Equal(item.Hash, (await desk.PatchAsync(new { labels = Array.Empty<string>(), plannedAt = "2027-01-01T00:00:00Z" })).Hash);
    }

    [Fact]
    public async Task CN6_Only_from_review_and_only_what_was_read_is_approved_by_whoever_may()
    {
        var desk = await Desk.SetAsync(server);
        var item = desk.Item;
        await desk.Patch(desk.Ada, new { status = "approved", hash = item.Hash }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await desk.Patch(desk.Bob, new { status = "published" }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await desk.PatchAsync(new { status = "in_review" });

        await desk.Patch(desk.Bob, new { status = "approved", hash = item.Hash }).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        var unsaid = await desk.Patch(desk.Ada, new { status = "approved" }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        var both = await desk.Patch(desk.Ada, new { status = "approved", hash = item.Hash, body = "x" }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await desk.Patch(desk.Ada, new { status = "approved", hash = new string('0', 64) }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await desk.Patch(desk.Ada, new { status = "approved" }, version: 1).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        var approved = await desk.Patch(desk.Ada, new { status = "approved", hash = item.Hash }).ReadAsync<ContentItem>();

        Assert.Equal(["hash", "status"], unsaid.Errors!.Keys.Concat(both.Errors!.Keys));
        Assert.Equal(("approved", desk.Ada.Id, item.Hash), (approved.Status, approved.Approval!.By, approved.Hash));
        Assert.Equal("content.approved", await server.ScalarAsync<string>("select action from engine.audit_entry where resource_id = $1 order by at desc limit 1", item.Id));
        var withdrawn = await desk.PatchAsync(new { status = "draft" });
        Assert.Equal(("draft", null), (withdrawn.Status, withdrawn.Approval));
        await desk.PatchAsync(new { status = "in_review" });
        Assert.Equal("approved", (await desk.Patch(desk.Ada, new { status = "approved" }, version: 5).ReadAsync<ContentItem>()).Status);
    }

    [Theory]
    [InlineData("""{"body":"one\ntwo!\n"}""", true)]
    [InlineData("""{"title":"Launch."}""", true)]
    [InlineData("""{"kind":"article"}""", true)]
    [InlineData("""{"variants":[{"platform":"x","text":""}]}""", true)]
    [InlineData("""{"labels":["l"],"plannedAt":"2027-01-01T00:00:00Z","assigneeId":null}""", false)]
    public async Task CN7_A_change_of_what_was_approved_voids_the_approval_and_no_other_does(string change, bool isVoided)
    {
        var desk = await ApprovedAsync();
        using var content = new StringContent(change, Encoding.UTF8, "application/json");

        var after = await desk.Bob.Client.PatchAsync(desk.Path, content, Stop).ReadAsync<ContentItem>();

        Assert.Equal((isVoided ? "draft" : "approved", isVoided), (after.Status, after.Approval is null));
        Assert.Equal(
            isVoided ? "content.approval_voided" : "content.updated",
            await server.ScalarAsync<string>("select action from engine.audit_entry where resource_id = $1 order by at desc limit 1", desk.Item.Id));
    }

    [Fact]
    public async Task CN6_An_approval_never_stands_on_what_was_changed_at_the_same_time()
    {
        for (var i = 0; i < 6; i++)
        {
            var desk = await Desk.SetAsync(server);
            await desk.PatchAsync(new { status = "in_review" });

            var approving = desk.Patch(desk.Ada, new { status = "approved", hash = desk.Item.Hash });
            var changing = desk.Patch(desk.Bob, new { body = "one\ntwo\n." });
            using var approval = await approving;
            await changing.ShouldBeAsync(HttpStatusCode.OK);

            var after = await desk.GetAsync();
            Assert.True(approval.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{approval.StatusCode}");
            Assert.Equal((approval.StatusCode is HttpStatusCode.OK ? "draft" : "in_review", null, "one\ntwo\n."), (after.Status, after.Approval, after.Body));
        }
    }

    private async Task<Desk> ApprovedAsync()
    {
        var desk = await Desk.SetAsync(server);
        await desk.PatchAsync(new { status = "in_review" });
        await desk.Patch(desk.Ada, new { status = "approved", hash = desk.Item.Hash }).ShouldBeAsync(HttpStatusCode.OK);
        return desk;
    }
}
