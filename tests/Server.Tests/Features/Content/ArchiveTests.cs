using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Tests.Features.Files;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content;

/// <summary>Items with their media as archives, out and in again (CO-1).</summary>
[Trait("spec", "CO-1")]
public sealed class ArchiveTests(ArchiveTests.Server server) : IClassFixture<ArchiveTests.Server>
{
    private const int OfPerson = 200_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Server : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Storage:PersonBytes", OfPerson.ToString(CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task CN12_What_is_exported_with_its_media_comes_in_again_as_it_was()
    {
        var desk = await Desk.SetAsync(server);
        var room = new FileRoom(desk.Bob.Client, server.Anonymous, desk.Workspace);
        var cat = await room.UploadAsync("a cat (1).png", FileRoom.Png, "image/png");
        byte[] other = [.. FileRoom.Png, 2];
        var dog = await room.UploadAsync("a cat (1).png", other, "image/png");
        var gone = Guid.CreateVersion7();
        var body = $"![A cat](/api/files/{cat.Id}/content) and [again](</api/files/{cat.Id}/content>)\n\n![Gone](/api/files/{gone}/content)\nhttps://elsewhere.example/api/files/{cat.Id}/content\n";
        await desk.PatchAsync(new
        {
            body,
            media = (object[])[new { fileId = dog.Id, alt = "A \"dog\"" }, new { fileId = cat.Id }],
            variants = (object[])[new { platform = "x", text = $"See ![](/api/files/{dog.Id}/content)" }],
        });

        using var answer = await desk.Vera.Client.GetAsync($"{desk.Path}/export?media=true", Stop);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal(("application/zip", "Launch.zip"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.FileNameStar));
        Assert.Equal(2, await server.ScalarAsync<long>("select count(*) from engine.audit_entry where action = 'file.downloaded' and workspace_id = $1", desk.Workspace));
        await using (var zip = await ZipArchive.CreateAsync(new MemoryStream(bytes), ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, Stop))
        {
            Assert.Equal(["Launch.md", "media/a cat (1).png", "media/a cat (1)-2.png"], zip.Entries.Select(entry => entry.FullName));
            using var reader = new StreamReader(await zip.Entries[0].OpenAsync(Stop));
            var text = await reader.ReadToEndAsync(Stop);
            Assert.Contains("![A cat](media/a%20cat%20%281%29-2.png) and [again](<media/a%20cat%20%281%29-2.png>)", text);
            Assert.Contains($"(/api/files/{gone}/content)", text);
            Assert.Contains($"https://elsewhere.example/api/files/{cat.Id}/content", text);
        }

        var id = Guid.CreateVersion7();
        var back = await ImportAsync(desk, bytes, $"?id={id}").ReadAsync<ContentItem>(HttpStatusCode.Created);
        Assert.Equal((id, "Launch", "draft", desk.Bob.Id), (back.Id, back.Title, back.Status, back.CreatedBy));
        Assert.Equal(["A \"dog\"", null], back.Media.Select(one => one.Alt));
        Guid[] made = [.. back.Media.Select(one => one.FileId!.Value)];
        Assert.Empty(made.Intersect([cat.Id, dog.Id]));
        Assert.Equal(body.Replace($"(/api/files/{cat.Id}", $"(/api/files/{made[1]}", StringComparison.Ordinal).Replace($"(</api/files/{cat.Id}/content>)", $"(/api/files/{made[1]}/content)", StringComparison.Ordinal), back.Body);
        Assert.Equal($"See ![](/api/files/{made[0]}/content)", back.Variants.Single().Text);
        Assert.Equal([other, FileRoom.Png], await Task.WhenAll(made.Select(async file => await server.Anonymous.GetByteArrayAsync((await room.GetAsync(file).ReadAsync<StoredFile>()).Url, Stop))));

        // Once more is the same item, and no more files.
        Assert.Equal(back.Media, (await ImportAsync(desk, bytes, $"?id={id}").ReadAsync<ContentItem>(HttpStatusCode.Created)).Media);
        Assert.Equal(4, (await room.ListAsync()).Count);
    }

    [Fact]
    public async Task CN12_Archives_of_other_tools_come_in_with_what_they_refer_to()
    {
        var desk = await Desk.SetAsync(server);
        const string Text = """
            # A trip
            ![One](./img/one%20two.png "Title") <img src="../shared/three.png"> ![Far](https://example.com/a.png) [Notes](notes.txt) [Other](other.html)
            [ref]: img/one%20two.png

            ```
            ![Not shown](nowhere.png)
            ```
            """;
        var bytes = await ZipAsync(
            ("trip/index.md", Encoding.UTF8.GetBytes(Text)), ("trip/img/one two.png", FileRoom.Png), ("shared/three.png", FileRoom.Png), ("trip/notes.txt", "words"u8.ToArray()),
            ("trip/unused.png", FileRoom.Png), ("__MACOSX/trip/._index.md", [1]), ("trip/.DS_Store", [1]));

        var item = await ImportAsync(desk, bytes).ReadAsync<ContentItem>(HttpStatusCode.Created);
        var files = await new FileRoom(desk.Bob.Client, server.Anonymous, desk.Workspace).ListAsync();

        Assert.Equal("A trip", item.Title);
        Assert.Equal(["notes.txt", "one two.png", "three.png"], files.Select(file => file.Name).Order(StringComparer.Ordinal));
        string Of(string name) => $"/api/files/{files.Single(file => file.Name == name).Id}/content";
        Assert.Equal(
            Text.Replace("./img/one%20two.png", Of("one two.png"), StringComparison.Ordinal).Replace("img/one%20two.png", Of("one two.png"), StringComparison.Ordinal)
                .Replace("../shared/three.png", Of("three.png"), StringComparison.Ordinal).Replace("notes.txt", Of("notes.txt"), StringComparison.Ordinal),
            item.Body);
    }

    [Fact]
    [Trait("security", "SEC-FILE-06")]
    public async Task CN12_What_is_refused_says_why_and_leaves_nothing()
    {
        var desk = await Desk.SetAsync(server);
        var text = "![](a.png)"u8.ToArray();
        var good = await ZipAsync(("a.md", text), ("a.png", FileRoom.Png));
        (string Why, string Sentence, HttpStatusCode Status, byte[] Archive)[] cases =
        [
            ("is no archive", "not a whole ZIP", HttpStatusCode.BadRequest, FileRoom.Png),
            ("ends too early", "not a whole ZIP", HttpStatusCode.BadRequest, good[..^30]),
            ("has its index elsewhere", "not a whole ZIP", HttpStatusCode.BadRequest, [.. new byte[3], .. good]),
            ("has no text", "no file of Markdown", HttpStatusCode.BadRequest, await ZipAsync(("a.png", FileRoom.Png))),
            ("has two texts", "2 files of Markdown", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("b/b.md", text))),
            ("leads out of it", "leads elsewhere", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("../a.png", FileRoom.Png))),
            ("leads to the root", "leads elsewhere", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("/etc/a.png", FileRoom.Png))),
            ("leads to a drive", "leads elsewhere", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("c:\\a.png", FileRoom.Png))),
            ("has one twice", "two entries called", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("a.png", FileRoom.Png), ("A.png", FileRoom.Png))),
            ("misses a picture", "a.png, which is not in it", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("b.png", FileRoom.Png))),
            ("misses what it lists", "b.png, which is not in it", HttpStatusCode.BadRequest, await ZipAsync(("a.md", "---\nmedia: [b.png]\n---\n"u8.ToArray()))),
            ("is a bomb", "100 times as large", HttpStatusCode.BadRequest, await ZipAsync(("a.md", text), ("a.png", [.. FileRoom.Png, .. new byte[3_000_000]]))),
            ("has too many", "at most 1000", HttpStatusCode.BadRequest, await ZipAsync([("a.md", text), .. Enumerable.Range(0, 1000).Select(n => ($"{n}.png", Array.Empty<byte>()))])),
            ("is not UTF-8", "not UTF-8", HttpStatusCode.BadRequest, await ZipAsync(("a.md", [0xFF, 0xFE, 0x41]))),
            ("has a page for a picture", "b.png: ", HttpStatusCode.UnsupportedMediaType, await ZipAsync(("a.md", "![](a.png) ![](b.png)"u8.ToArray()), ("a.png", FileRoom.Png), ("b.png", "<html>"u8.ToArray()))),
            ("has a program", "a.exe: ", HttpStatusCode.UnsupportedMediaType, await ZipAsync(("a.md", "[](a.exe)"u8.ToArray()), ("a.exe", "MZ"u8.ToArray()))),
            ("is more than there is room for", "b.bin: ", HttpStatusCode.RequestEntityTooLarge, await ZipAsync(("a.md", "![](a.png) [](b.bin)"u8.ToArray()), ("a.png", FileRoom.Png), ("b.bin", FileRoom.Bytes(OfPerson)))),
            ("is no item", "", HttpStatusCode.BadRequest, await ZipAsync(("a.md", [.. "---\nlabels: [\""u8, .. new byte[60].Select(_ => (byte)'x'), .. "\"]\n---\n![](a.png)"u8]), ("a.png", FileRoom.Png))),
        ];

        foreach (var (why, sentence, status, archive) in cases)
        {
            using var answer = await ImportAsync(desk, archive);
            var problem = await answer.Content.ReadFromJsonAsync<Problem>(Stop);
            Assert.True(answer.StatusCode == status && problem!.Detail!.Contains(sentence, StringComparison.Ordinal), $"What {why} was answered {answer.StatusCode}: {problem!.Detail}");
        }
        await ImportAsync(desk, good, who: desk.Vera).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.Forbidden);
        await ImportAsync(desk, good, who: desk.Stranger).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await desk.Stranger.Client.GetAsync($"{desk.Path}/export?media=true", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        Assert.Equal([desk.Item.Id], (await desk.ListAsync()).Items.Select(item => item.Id));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from files.file where workspace_id = $1", desk.Workspace));
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Renexus.Server.Gateway.Channels.WorkspaceKind, desk.Workspace), news => news.What.EndsWith(" file", StringComparison.Ordinal));
    }

    private static Task<HttpResponseMessage> ImportAsync(Desk desk, byte[] archive, string query = "", TestUser? who = null) => (who ?? desk.Bob).Client.PostAsync(
        $"/api/workspaces/{desk.Workspace}/content/import{query}", new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } }, Stop);

    private static async Task<byte[]> ZipAsync(params (string Name, byte[] Bytes)[] entries)
    {
        var target = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, Stop))
        {
            foreach (var (name, bytes) in entries)
            {
                await using var stream = await zip.CreateEntry(name).OpenAsync(Stop);
                await stream.WriteAsync(bytes, Stop);
            }
        }
        return target.ToArray();
    }
}
