using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Renexus.Contracts;

namespace Renexus.Server.Tests.Features.Files;

/// <summary>What a test does with the files of a workspace, over HTTP.</summary>
/// <param name="Anybody">Sends no credentials, as a browser that loads a picture.</param>
internal sealed record FileRoom(HttpClient Client, HttpClient Anybody, Guid Workspace)
{
    /// <summary>The beginning of a picture, and something after it.</summary>
    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. "not much of a picture"u8];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Address => $"/api/workspaces/{Workspace}/files";

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = 1; // the beginning of nothing that is known
        return bytes;
    }

    public Task<HttpResponseMessage> PostAsync(object body) => Client.PostAsJsonAsync(Address, body, Stop);

    public Task<StoredFile> ReserveAsync(string name, long size, string type, string? sha256 = null, Guid? thread = null) =>
        PostAsync(new { name, size, type, sha256, threadId = thread }).ReadAsync<StoredFile>(HttpStatusCode.Created);

    public Task<HttpResponseMessage> SendAsync(string url, ReadOnlyMemory<byte> bytes)
    {
        var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return Anybody.PutAsync(url, content, Stop);
    }

    public Task<HttpResponseMessage> CompleteAsync(Guid file) => Client.PostAsync($"/api/files/{file}/complete", null, Stop);

    public Task<HttpResponseMessage> GetAsync(Guid file) => Client.GetAsync($"/api/files/{file}", Stop);

    public Task<HttpResponseMessage> DeleteAsync(Guid file) => Client.DeleteAsync($"/api/files/{file}", Stop);

    public async Task<IReadOnlyList<StoredFile>> ListAsync(string query = "") => (await Client.GetAsync(Address + query, Stop).ReadAsync<Page<StoredFile>>()).Items;

    /// <summary>All of it: reserved, sent in one request, complete.</summary>
    public async Task<StoredFile> UploadAsync(string name, byte[] bytes, string type, Guid? thread = null)
    {
        var file = await ReserveAsync(name, bytes.Length, type, thread: thread);
        await SendAsync(file.Upload!.Url, bytes).ShouldBeAsync(HttpStatusCode.NoContent);
        return await CompleteAsync(file.Id).ReadAsync<StoredFile>();
    }
}
