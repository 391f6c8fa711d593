using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Features.Content;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>Whoever writes in what was approved takes the approval back, in whatever way (CN6, CN7, DC9).</summary>
public sealed partial class DocumentPushTests
{
    [Theory]
    [InlineData("push")]
    [InlineData("patch")]
    [InlineData("restore")]
    [InlineData("sync")]
    [Trait("spec", "CO-1")]
    public async Task CN7_One_character_more_voids_the_approval_in_whatever_way_it_comes_and_tells_who_gave_it(string way)
    {
        var desk = await Desk.SetAsync(server, "one!");
        await desk.PatchAsync(new { body = "one" });
        await ApproveAsync(desk);
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);

        switch (way)
        {
            case "push":
                await bob.PushAsync(1, "[3,[0,\"!\"]]");
                break;
            case "patch":
                await desk.PatchAsync(new { body = "one!" });
                break;
            case "restore":
                await desk.Bob.Client.PostAsync($"{desk.Path}/revisions/1/restore", null, Stop).ShouldBeAsync(HttpStatusCode.OK);
                break;
            default:
                object[] operations = [new { id = $"{Guid.CreateVersion7()}", type = "update", resource = "content", resourceId = desk.Item.Id, @base = 2, data = new { body = "one!" } }];
                await desk.Bob.Client.PostAsJsonAsync("/api/sync", new { operations }, Stop).ShouldBeAsync(HttpStatusCode.OK);
                break;
        }

        var item = await desk.GetAsync();
        Assert.Equal(("one!", "draft", null, 5), (item.Body, item.Status, item.Approval, item.Version));
        Assert.Equal(1, await VoidedAsync(desk));
        var told = Assert.Single((await desk.Ada.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items, one => one.Kind is "content.voided");
        Assert.Equal("bob changed what you had approved: Launch", told.Title);
    }

    [Fact]
    [Trait("spec", "CO-1")]
    public async Task CN6_However_many_write_and_approve_at_once_what_is_approved_is_what_was_read()
    {
        var desk = await Desk.SetAsync(server, "start");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        await using var ada = await Pushing.ListenAsync(server, desk.Ada, desk.Item.Id);

        var writing = Task.WhenAll(WriteAsync(bob, "b"), WriteAsync(ada, "a"));
        while (!writing.IsCompleted)
            await TryToApproveAsync();
        await writing;
        await Eventually.TrueAsync("it is approved at last", Patience, TryToApproveAsync);
        var approved = await desk.GetAsync();
        await bob.PushAsync(0, "[[0,\"x\"],5]", "last");

        Assert.Equal("approved", approved.Status);
        Assert.Equal("draft", (await desk.GetAsync()).Status);
        var standing = await StandingApprovalsAsync(desk);
        Assert.NotEmpty(standing);
        foreach (var (n, hash) in standing)
        {
            var then = await desk.RevisionAsync(n);
            Assert.Equal(hash, ContentHash.Of(then.Kind, then.Title, then.Body, then.Variants, then.Media));
        }
        // As often as one was given, and as often as one was taken back; whoever gave it is told, once at a time.
        Assert.Equal(standing.Length, await VoidedAsync(desk));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from notifications.notification where kind = 'content.voided' and subject_id = $1", desk.Item.Id));

        async Task WriteAsync(Pushing who, string name)
        {
            // Each by an editor of its own, made on the text as it was first, so that none knows of another.
            for (var i = 0; i < 30; i++)
                Assert.Null(TestSocket.Code(await who.PushAsync(0, $"[[0,\"{name}\"],5]", $"{name}{i}")));
        }

        async Task<bool> TryToApproveAsync()
        {
            var read = await desk.GetAsync();
            if (read.Status is "draft")
                read = await desk.PatchAsync(new { status = "in_review" });
            using var answer = await desk.Patch(desk.Ada, new { status = "approved", hash = read.Hash });
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{answer.StatusCode}");
            return answer.IsSuccessStatusCode;
        }
    }

    [Fact]
    [Trait("spec", "CO-4")]
    public async Task DC10_What_is_set_as_a_whole_has_snapshots_like_what_is_typed_and_goes_on_from_where_it_is()
    {
        var desk = await Desk.SetAsync(server, "start");
        await using var bob = await Pushing.ListenAsync(server, desk.Bob, desk.Item.Id);
        var (text, texts) = ("start", new List<string> { "start" });
        for (var i = 0; i < 25; i++)
        {
            var next = $"{text}{i % 10}";
            if (i % 3 == 0)
                await bob.PushAsync(i, $"[{text.Length},[0,\"{i % 10}\"]]", $"e{i}");
            else
                Assert.Equal(next, (await desk.PatchAsync(new { body = next })).Body);
            texts.Add(text = next);
        }

        var revisions = await Task.WhenAll(Enumerable.Range(1, texts.Count).Select(n => desk.RevisionAsync(n)));

        Assert.Equal(texts, revisions.Select(revision => revision.Body));
        Assert.Equal(text, (await desk.GetAsync()).Body);
        Assert.Equal(3L, await server.ScalarAsync<long>("select count(*) from content.snapshot where item_id = $1", desk.Item.Id));
        var authorship = await desk.Vera.Client.GetAsync($"{desk.Path}/authorship", Stop).ReadAsync<ContentAuthorship>();
        Assert.Equal((25, text.Length), (authorship.Document, authorship.Spans.Sum(span => span.Length)));
    }

    /// <summary>The revisions after which the item was approved by a decision, and the hash that was approved.</summary>
    private async Task<(long N, string Hash)[]> StandingApprovalsAsync(Desk desk)
    {
        var text = await server.ScalarAsync<string>(
            "select string_agg(n || ' ' || (fields ->> 'approvedHash'), ',' order by n) from content.revision where item_id = $1 and fields ->> 'status' = 'approved'", desk.Item.Id);
        return [.. text!.Split(',').Select(one => one.Split(' ')).Select(parts => (long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]))];
    }

    private async Task<long> VoidedAsync(Desk desk) => await server.ScalarAsync<long>(
        "select count(*) from engine.audit_entry where action = 'content.approval_voided' and resource_id = $1", desk.Item.Id);

    private static async Task ApproveAsync(Desk desk)
    {
        var read = await desk.PatchAsync(new { status = "in_review" });
        await desk.Patch(desk.Ada, new { status = "approved", hash = read.Hash }).ShouldBeAsync(HttpStatusCode.OK);
    }
}
