using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>A workspace with an owner, an editor, a viewer, a stranger beside it, and an item of the editor's.</summary>
internal sealed record Desk(TestServer Server, TestUser Ada, TestUser Bob, TestUser Vera, TestUser Stranger, Guid Workspace, ContentItem Item)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Path => $"/api/content/{Item.Id}";

    public static async Task<Desk> SetAsync(TestServer server, string body = "one\ntwo\n", string kind = "post")
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var vera = await server.SignedInAs("vera");
        var workspace = await TestServer.CreateWorkspace(ada);
        await TestServer.AddMember(ada, workspace, bob, Roles.Editor);
        await TestServer.AddMember(ada, workspace, vera, Roles.Viewer);
        return new Desk(server, ada, bob, vera, await server.SignedInAs("stranger"), workspace, await CreateAsync(bob, workspace, new { kind, title = "Launch", body }));
    }

    public static Task<ContentItem> CreateAsync(TestUser user, Guid workspace, object request) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/content", request, Stop).ReadAsync<ContentItem>(HttpStatusCode.Created);

    public Task<ContentItem> GetAsync() => Bob.Client.GetAsync(Path, Stop).ReadAsync<ContentItem>();

    public Task<ContentItem> PatchAsync(object change) => Patch(Bob, change).ReadAsync<ContentItem>();

    public Task<HttpResponseMessage> Patch(TestUser user, object change, long? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, Path) { Content = JsonContent.Create(change) };
        if (version is { } held)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{held}\""));
        return user.Client.SendAsync(request, Stop);
    }

    public Task<Page<ContentItem>> ListAsync(string query = "") =>
        Vera.Client.GetAsync($"/api/workspaces/{Workspace}/content?{query}", Stop).ReadAsync<Page<ContentItem>>();

    public Task<Page<ContentRevision>> HistoryAsync(string query = "") => Vera.Client.GetAsync($"{Path}/revisions?{query}", Stop).ReadAsync<Page<ContentRevision>>();

    public Task<ContentRevisionDetails> RevisionAsync(long n) => Vera.Client.GetAsync($"{Path}/revisions/{n}", Stop).ReadAsync<ContentRevisionDetails>();
}
