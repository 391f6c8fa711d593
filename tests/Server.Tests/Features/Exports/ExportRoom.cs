using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Exports;

/// <summary>What a test does with the archives of a workspace, over HTTP.</summary>
internal sealed record ExportRoom(HttpClient Client, Guid Workspace)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Address => $"/api/workspaces/{Workspace}/exports";

    public Task<HttpResponseMessage> PostAsync() => Client.PostAsync(Address, null, Stop);

    public Task<WorkspaceExport> StartAsync() => PostAsync().ReadAsync<WorkspaceExport>(HttpStatusCode.Accepted);

    public async Task<IReadOnlyList<WorkspaceExport>> ListAsync() => (await Client.GetAsync(Address, Stop).ReadAsync<Page<WorkspaceExport>>()).Items;

    public async Task<WorkspaceExport> ReachAsync(Guid export, string state)
    {
        WorkspaceExport? found = null;
        await Eventually.TrueAsync($"the archive is {state}", Patience, async () =>
        {
            found = (await ListAsync()).Single(one => one.Id == export);
            Assert.True(found.State == state || found.State is not ("failed" or "cancelled"), $"It is {found.State}: {found.Error}");
            return found.State == state;
        });
        return found!;
    }

    public async Task<WorkspaceExport> MakeAsync() => await ReachAsync((await StartAsync()).Id, "ready");

    public Task<HttpResponseMessage> OpenAsync(Guid export) => Client.PostAsync($"{Address}/{export}/link", null, Stop);

    public Task<HttpResponseMessage> RemoveAsync(Guid export) => Client.DeleteAsync($"{Address}/{export}", Stop);

    /// <summary>Downloads as a browser would: by the link alone.</summary>
    public async Task<ZipArchive> DownloadAsync(Guid export, HttpClient anybody)
    {
        var link = await OpenAsync(export).ReadAsync<ExportLink>();
        using var answer = await anybody.GetAsync(link.Url, Stop);
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        return new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync(Stop)));
    }

    /// <summary>The lines of a file, after the manifest has vouched for it.</summary>
    public static IReadOnlyList<JsonElement> LinesOf(ZipArchive archive, string name)
    {
        var content = Read(archive, name);
        var entry = JsonElement.Parse(Read(archive, "manifest.json")).GetProperty("files").EnumerateArray().Single(file => file.GetProperty("name").GetString() == name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), entry.GetProperty("sha256").GetString());
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(lines.Length, entry.GetProperty("items").GetInt32());
        return lines;
    }

    public static IEnumerable<Guid> IdsIn(ZipArchive archive, string name) => LinesOf(archive, name).Select(line => line.GetProperty("id").GetGuid());

    private static byte[] Read(ZipArchive archive, string name)
    {
        using var stream = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
