using System.Net;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Who is told what of items, in the transaction of the deed (NO-1).</summary>
[Trait("spec", "NO-1")]
public sealed class ContentNoticesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_are_told_whom_a_change_asks_something_or_takes_something_from()
    {
        var desk = await Desk.SetAsync(server);
        await desk.Patch(desk.Ada, new { assigneeId = desk.Bob.Id }).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["content.assigned ada gave you Launch"], await ToldAsync(desk.Bob));

        await desk.PatchAsync(new { assigneeId = desk.Vera.Id, status = "in_review" });
        Assert.Empty(await ToldAsync(desk.Bob));
        Assert.Equal(["content.assigned bob gave you Launch"], await ToldAsync(desk.Vera));
        Assert.Equal(["content.review bob asks you to approve Launch"], await ToldAsync(desk.Ada));

        await desk.Patch(desk.Ada, new { status = "approved", hash = desk.Item.Hash }).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["content.approved ada approved Launch"], await ToldAsync(desk.Bob));
        Assert.Empty(await ToldAsync(desk.Ada));

        await desk.PatchAsync(new { body = "other" });
        Assert.Equal(["content.voided bob changed what you had approved: Launch"], await ToldAsync(desk.Ada));
        Assert.Equal(["content.assigned bob gave you Launch"], await ToldAsync(desk.Vera));

        await desk.Ada.Client.PostAsJsonAsync($"{desk.Path}/comments", new { document = 1, from = 0, to = 2, body = "Nice." }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(["content.comment ada commented on Launch"], await ToldAsync(desk.Bob));

        await desk.Bob.Client.DeleteAsync(desk.Path, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Empty(await ToldAsync(desk.Ada));
        Assert.Empty(await ToldAsync(desk.Vera));
    }

    private static async Task<string[]> ToldAsync(TestUser user) =>
        [.. (await user.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items
            .Where(one => one.Kind.StartsWith("content.", StringComparison.Ordinal)).Select(one => $"{one.Kind} {one.Title}").Order(StringComparer.Ordinal)];
}
