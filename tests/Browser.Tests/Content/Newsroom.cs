using System.Text.Json;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Content;

/// <summary>A workspace in which somebody in front of a browser and a colleague write together.</summary>
internal sealed record Newsroom(Person Ada, TestUser Grace, Guid Workspace)
{
    private static readonly string[] Labels = ["launch"];

    private IPage Page => Ada.Page;

    public static async Task<Newsroom> OpenAsync(TestServer server, IPage page)
    {
        var grace = await server.SignedInAs("grace");
        var workspace = await TestServer.CreateWorkspace(grace, "Analytical Engines");
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await grace.PostAsync($"/api/workspaces/{workspace}/members", new { email = ada.Email, role = "admin" });
        return new Newsroom(ada, grace, workspace);
    }

    /// <summary>The colleague begins something.</summary>
    public async Task<Guid> WriteAsync(string title, string body = "", string? plannedAt = null, string kind = "post") =>
        (await Grace.PostAsync($"/api/workspaces/{Workspace}/content", new { kind, title, body, plannedAt, labels = Labels })).GetProperty("id").GetGuid();

    public Task<JsonElement> ChangeAsync(Guid item, object change) => Grace.PatchAsync($"/api/content/{item}", change);

    /// <summary>The colleague says something about the first place where these words stand.</summary>
    public async Task<JsonElement> CommentAsync(Guid item, string words, string body)
    {
        var now = await ReadAsync(item);
        var from = now.GetProperty("body").GetString()!.IndexOf(words, StringComparison.Ordinal);
        return await Grace.PostAsync($"/api/content/{item}/comments", new { document = now.GetProperty("document").GetInt64(), from, to = from + words.Length, body });
    }

    public Task<JsonElement> ReadAsync(Guid item) => Grace.GetAsync($"/api/content/{item}");

    public async Task ShowAsync(string search = "")
    {
        await Page.GotoAsync($"/w/{Workspace}/content{search}");
        await Ada.SeesAsync("Connected");
    }

    public async Task OpenItemAsync(Guid item)
    {
        await Page.GotoAsync($"/w/{Workspace}/c/{item}");
        await Ada.SeesAsync("Connected");
        await Ada.SeesAsync(Page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }));
    }

    /// <summary>A card of the board, in the column of a status.</summary>
    public ILocator Card(string title, string column) =>
        Page.GetByRole(AriaRole.Region, new() { Name = column, Exact = true }).GetByRole(AriaRole.Link).Filter(new() { HasText = title });
}
