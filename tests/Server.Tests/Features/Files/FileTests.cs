using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Contracts;
using Renexus.Server.Features.Files;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Secrets;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Files;

/// <summary>Files from the reservation of their place to their last byte's removal.</summary>
[Trait("spec", "FI-1")]
public sealed class FileTests(FileTests.Server server) : IClassFixture<FileTests.Server>
{
    private const int Largest = 20_000_000;
    private const int OfPerson = 25_000_000;
    private const int OfWorkspace = 30_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public sealed class Server : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [
            .. base.Settings,
            new("Renexus:Limits:UploadBytes", Largest.ToString(CultureInfo.InvariantCulture)),
            new("Renexus:Storage:PersonBytes", OfPerson.ToString(CultureInfo.InvariantCulture)),
            new("Renexus:Storage:WorkspaceBytes", OfWorkspace.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    [Fact]
    [Trait("spec", "FI-3")]
    public async Task One_request_uploads_a_file_that_everybody_in_the_workspace_then_reads_and_hears_of()
    {
        var (owner, room) = await RoomAsync();
        var bob = await MemberAsync(owner, room, Roles.Viewer);

        var reserved = await room.ReserveAsync("Plän.png", FileRoom.Png.Length, "image/png", Convert.ToHexString(SHA256.HashData(FileRoom.Png)));
        Assert.Equal(("pending", "PUT", null), (reserved.Status, reserved.Upload!.Method, reserved.Upload.Parts));
        await bob.GetAsync(reserved.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await room.CompleteAsync(reserved.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await room.SendAsync(reserved.Upload.Url, FileRoom.Png).ShouldBeAsync(HttpStatusCode.NoContent);
        var ready = await room.CompleteAsync(reserved.Id).ReadAsync<StoredFile>();

        Assert.Equal(("ready", owner.Id, Convert.ToHexStringLower(SHA256.HashData(FileRoom.Png))), (ready.Status, ready.CreatedBy, ready.Sha256));
        Assert.Equal(WithoutLinks(ready), WithoutLinks((await bob.ListAsync()).Single()));
        Assert.Empty(await bob.ListAsync("?type=video/"));
        // Twice is as once, and nothing can be put in its place.
        Assert.Equal(ready.Id, (await room.CompleteAsync(reserved.Id).ReadAsync<StoredFile>()).Id);
        await room.SendAsync(reserved.Upload.Url, FileRoom.Png).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);

        using var led = await bob.Client.GetAsync($"/api/files/{ready.Id}/content", Stop);
        Assert.Equal(HttpStatusCode.Found, led.StatusCode);
        using var read = await server.Anonymous.GetAsync(led.Headers.Location, Stop);
        Assert.Equal(FileRoom.Png, await read.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(("image/png", "inline"), (read.Content.Headers.ContentType!.MediaType, read.Content.Headers.ContentDisposition!.DispositionType));
        Assert.Equal("Plän.png", read.Content.Headers.ContentDisposition.FileNameStar);

        var told = Assert.Single(await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), news => news.What is "create file");
        Assert.Equal((ready.Id, false), (told.Data.GetProperty("id").GetGuid(), told.Data.TryGetProperty("url", out _)));
        Assert.Equal(["file.uploaded"], await TrailAsync(owner, room));
    }

    [Fact]
    public async Task A_large_one_goes_in_parts_of_which_those_that_arrived_are_not_asked_for_again()
    {
        var (_, room) = await RoomAsync();
        var bytes = FileRoom.Bytes(17_000_000);
        var reserved = await room.ReserveAsync("film.bin", bytes.Length, "application/x-film");
        var parts = reserved.Upload!.Parts!;
        Assert.Equal(3, parts.Count);
        ReadOnlyMemory<byte> Of(FileUploadPart part) => bytes.AsMemory((int)part.Offset, (int)part.Size);

        await room.SendAsync(parts[2].Url, Of(parts[2])).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.SendAsync(parts[0].Url, Of(parts[0])[1..]).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await room.SendAsync(parts[2].Url, bytes.AsMemory(0, (int)parts[2].Size + 1)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.PayloadTooLarge);
        await room.SendAsync($"{reserved.Upload.Url}?part=4", Of(parts[0])).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await room.CompleteAsync(reserved.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        var standing = await room.GetAsync(reserved.Id).ReadAsync<StoredFile>();
        Assert.Equal([false, false, true], standing.Upload!.Parts!.Select(part => part.IsDone));

        await Task.WhenAll(parts.Take(2).Select(part => room.SendAsync(part.Url, Of(part)).ShouldBeAsync(HttpStatusCode.NoContent)));
        // Of those who say so at once each is told the same.
        var ready = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => room.CompleteAsync(reserved.Id).ReadAsync<StoredFile>()));

        Assert.All(ready, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256));
        Assert.Single(await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), news => news.What is "create file");
        using var request = new HttpRequestMessage(HttpMethod.Get, ready[0].Url) { Headers = { Range = new RangeHeaderValue(8_000_000, 9_000_000) } };
        using var stretch = await server.Anonymous.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.PartialContent, stretch.StatusCode);
        Assert.Equal(bytes[8_000_000..9_000_001], await stretch.Content.ReadAsByteArrayAsync(Stop));
    }

    [Theory]
    [Trait("spec", "FI-2")]
    [Trait("security", "SEC-FILE-02")]
    [InlineData("page.png", "image/png", "<html><script>alert(1)</script>", null, ProblemCodes.UnsupportedMediaType)]
    [InlineData("notes.txt", "text/plain", "GIF89a/*", null, ProblemCodes.UnsupportedMediaType)]
    [InlineData("plan.pdf", "application/pdf", "%!PS", null, ProblemCodes.UnsupportedMediaType)]
    [InlineData("data", "application/octet-stream", "\u007fELF", null, ProblemCodes.UnsupportedMediaType)]
    [InlineData("notes.txt", "text/plain", "no\0text", null, ProblemCodes.UnsupportedMediaType)]
    [InlineData("notes.txt", "text/plain", "words", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ProblemCodes.ValidationFailed)]
    public async Task What_is_not_what_was_said_is_refused_and_removed(string name, string type, string content, string? sha256, string code)
    {
        var (owner, room) = await RoomAsync();
        var bytes = System.Text.Encoding.Latin1.GetBytes(content);
        var file = await room.ReserveAsync(name, bytes.Length, type, sha256);
        await room.SendAsync(file.Upload!.Url, bytes).ShouldBeAsync(HttpStatusCode.NoContent);

        using var answer = await room.CompleteAsync(file.Id);

        Assert.Contains(code, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.False(answer.IsSuccessStatusCode);
        await room.GetAsync(file.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.Equal(["file.refused"], await TrailAsync(owner, room));
        await NothingIsLeftAsync(room.Workspace);
    }

    [Theory]
    [Trait("spec", "FI-2")]
    [Trait("security", "SEC-FILE-02")]
    [InlineData("setup.exe", 10, "application/octet-stream", HttpStatusCode.UnsupportedMediaType, "type")]
    [InlineData("photo.png.exe", 10, "image/png", HttpStatusCode.UnsupportedMediaType, "type")]
    [InlineData("photo.png", 10, "video/mp4", HttpStatusCode.UnsupportedMediaType, "type")]
    [InlineData("photo", 10, "application/x-msdownload", HttpStatusCode.UnsupportedMediaType, "type")]
    [InlineData("film.mp4", Largest + 1, "video/mp4", HttpStatusCode.RequestEntityTooLarge, "bytes")]
    [InlineData("photo.png", -1, "image/png", HttpStatusCode.BadRequest, "size")]
    [InlineData("../photo.png", 10, "image/png", HttpStatusCode.BadRequest, "name")]
    [InlineData("..", 10, "image/png", HttpStatusCode.BadRequest, "name")]
    [InlineData("pho\u202Etxt.png", 10, "image/png", HttpStatusCode.BadRequest, "name")]
    [InlineData("photo.png", 10, "image", HttpStatusCode.BadRequest, "type")]
    public async Task What_cannot_be_is_refused_before_anything_is_sent(string name, long size, string type, HttpStatusCode status, string said)
    {
        var (_, room) = await RoomAsync();

        using var answer = await room.PostAsync(new { name, size, type });

        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal(status, answer.StatusCode);
        Assert.True(said is "type" && status is HttpStatusCode.UnsupportedMediaType || text.Contains(said, StringComparison.Ordinal), text);
    }

    [Fact]
    [Trait("spec", "FI-2")]
    [Trait("security", "SEC-FILE-01")]
    public async Task Room_is_reserved_once_however_many_ask_at_once_and_is_free_again_when_a_file_goes()
    {
        var (owner, room) = await RoomAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => room.PostAsync(new { name = $"{i}.bin", size = 10_000_000, type = "application/x-film" })));
        Assert.Equal(2, answers.Count(answer => answer.StatusCode is HttpStatusCode.Created));
        var full = await Task.FromResult(answers.First(answer => answer.StatusCode is not HttpStatusCode.Created)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.QuotaExceeded);
        Assert.Contains("5000000 are left", full.Detail, StringComparison.Ordinal);

        // Somebody else has the rest of the workspace's.
        var bob = await MemberAsync(owner, room, Roles.Editor);
        var other = await bob.ReserveAsync("a.bin", 10_000_000, "application/x-film");
        await bob.PostAsync(new { name = "b.bin", size = 1, type = "application/x-film" }).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.QuotaExceeded);
        await bob.DeleteAsync(other.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await bob.ReserveAsync("b.bin", 10_000_000, "application/x-film");
    }

    [Fact]
    [Trait("security", "SEC-FILE-01")]
    public async Task More_bytes_than_were_promised_are_cut_off_even_when_nobody_said_how_many_come()
    {
        var (_, room) = await RoomAsync();
        var file = await room.ReserveAsync("a.bin", 1_000_000, "application/x-film");

        // Chunked: no length is sent.
        using var request = new HttpRequestMessage(HttpMethod.Put, file.Upload!.Url) { Content = new ByteArrayContent(FileRoom.Bytes(3_000_000)), Headers = { TransferEncodingChunked = true } };
        using var answer = await server.Anonymous.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await room.CompleteAsync(file.Id).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await room.SendAsync(file.Upload.Url, FileRoom.Bytes(1_000_000)).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.CompleteAsync(file.Id).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [Trait("spec", "FI-4")]
    [Trait("security", "SEC-FILE-03")]
    [InlineData("page.html", "text/html", "<script>alert(1)</script>", "attachment")]
    [InlineData("icon.svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "attachment")]
    [InlineData("notes.txt", "text/plain", "<html>", "attachment")]
    [InlineData("moving.gif", "image/gif", "GIF89a/*<script>", "inline")]
    [InlineData("plan.pdf", "application/pdf", "%PDF-1.7 <html>", "inline")]
    public async Task Nothing_that_could_run_is_shown_and_nothing_runs(string name, string type, string content, string disposition)
    {
        var (owner, room) = await RoomAsync();
        var file = await room.UploadAsync(name, System.Text.Encoding.ASCII.GetBytes(content), type);

        using var read = await server.Anonymous.GetAsync(file.Url, Stop);

        Assert.Equal((type, disposition), (read.Content.Headers.ContentType!.MediaType, read.Content.Headers.ContentDisposition!.DispositionType));
        var policy = read.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        Assert.True(type is "application/pdf" || policy.EndsWith("; sandbox", StringComparison.Ordinal), policy);
        Assert.Equal("nosniff", read.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(read.Headers.CacheControl is { Private: true, MaxAge.TotalMinutes: > 1 and <= 5 }, $"{read.Headers.CacheControl}");
        // Saving is a download, looking is none; whoever wants to save what can be shown may.
        using var saved = await server.Anonymous.GetAsync((await room.Client.GetAsync($"/api/files/{file.Id}/content?download=true", Stop)).Headers.Location, Stop);
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(disposition is "inline" ? 1 : 2, (await TrailAsync(owner, room)).Count(action => action is "file.downloaded"));
    }

    [Fact]
    [Trait("security", "SEC-FILE-04")]
    public async Task A_link_opens_one_file_for_one_person_while_that_person_sees_it_and_five_minutes_at_most()
    {
        var (owner, room) = await RoomAsync();
        var file = await room.UploadAsync("a.png", FileRoom.Png, "image/png");
        var other = await room.ReserveAsync("b.png", 10, "image/png");
        var editor = await server.SignedInAs("bob");
        await TestServer.AddMember(owner, room.Workspace, editor, Roles.Editor);
        var bobs = (await new FileRoom(editor.Client, server.Anonymous, room.Workspace).GetAsync(file.Id).ReadAsync<StoredFile>()).Url!;
        Task GoneAsync(string url) => server.Anonymous.GetAsync(url, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

        await server.Anonymous.GetAsync(bobs, Stop).ShouldBeAsync(HttpStatusCode.OK);
        // None opens for anything else: not with a bit turned, not one that sends, not one that reads for sending.
        var token = bobs[(bobs.LastIndexOf('/') + 1)..];
        for (var i = 0; i < token.Length; i += 7)
            await GoneAsync($"/api/files/links/{token[..i]}{(token[i] is 'A' ? 'B' : 'A')}{token[(i + 1)..]}");
        await GoneAsync(other.Upload!.Url.Replace("/uploads/", "/links/", StringComparison.Ordinal));
        await room.SendAsync(bobs.Replace("/links/", "/uploads/", StringComparison.Ordinal), FileRoom.Png).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        // It ends with the person's membership, and with the file.
        await owner.Client.DeleteAsync($"/api/workspaces/{room.Workspace}/members/{editor.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await GoneAsync(bobs);
        await server.Anonymous.GetAsync(file.Url, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await room.DeleteAsync(file.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await GoneAsync(file.Url!);
    }

    [Fact]
    [Trait("security", "SEC-FILE-04")]
    public void A_link_ends_with_its_time_and_stays_the_same_for_half_of_it()
    {
        var time = new FakeTime();
        var links = new FileLinks(server.Services.GetRequiredService<SecretKeys>(), server.Services.GetRequiredService<RenexusOptions>(), time);
        var request = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("renexus.example") } }.Request;
        var (file, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var (url, expiresAt) = links.ToRead(file, "image/png", user, request);

        Assert.StartsWith("https://renexus.example/api/files/links/", url, StringComparison.Ordinal);
        Assert.InRange(expiresAt - time.GetUtcNow(), FileLinks.Lifetime / 2, FileLinks.Lifetime);
        Assert.Equal(url, links.ToRead(file, "image/png", user, request).Url);
        Assert.NotEqual(url, links.ToRead(file, "image/png", Guid.CreateVersion7(), request).Url);
        var token = url[(url.LastIndexOf('/') + 1)..];
        Assert.True(links.TryRead(token, out var claims) && claims.FileId == file && claims.UserId == user);
        time.Advance(expiresAt - time.GetUtcNow());
        Assert.False(links.TryRead(token, out _));
    }

    [Fact]
    public async Task A_file_of_a_private_thread_is_there_for_those_alone_who_see_the_thread()
    {
        var (owner, room) = await RoomAsync();
        var (bob, eve) = (await server.SignedInAs("bob"), await server.SignedInAs("eve"));
        await TestServer.AddMember(owner, room.Workspace, bob, Roles.Editor);
        await TestServer.AddMember(owner, room.Workspace, eve, Roles.Admin);
        var thread = (await owner.Client.PostAsJsonAsync($"/api/workspaces/{room.Workspace}/threads", new { title = "Secret", participants = new[] { bob.Id } }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        FileRoom Of(TestUser user) => new(user.Client, server.Anonymous, room.Workspace);

        await Of(eve).PostAsync(new { name = "a.png", size = 10, type = "image/png", threadId = thread }).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        var file = await room.UploadAsync("a.png", FileRoom.Png, "image/png", thread);

        Assert.Equal([file.Id], (await Of(bob).ListAsync()).Select(one => one.Id));
        Assert.Empty(await Of(eve).ListAsync());
        await Of(eve).GetAsync(file.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await Of(eve).DeleteAsync(file.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.DoesNotContain(await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), news => news.What.EndsWith(" file", StringComparison.Ordinal));
        // And it goes with it.
        await owner.Client.DeleteAsync($"/api/threads/{thread}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.GetAsync(file.Id).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        await SweepAsync(room);
        await NothingIsLeftAsync(room.Workspace);
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_file_and_anybody_elses_is_taken()
    {
        var (owner, room) = await RoomAsync();
        var (_, others) = await RoomAsync();
        var bob = await MemberAsync(owner, room, Roles.Editor);
        var wanted = new { id = Guid.CreateVersion7(), name = "a.png", size = FileRoom.Png.Length, type = "image/png" };

        var first = await room.PostAsync(wanted).ReadAsync<StoredFile>(HttpStatusCode.Created);
        var again = await room.PostAsync(wanted).ReadAsync<StoredFile>(HttpStatusCode.Created);

        Assert.Equal(first.Upload!.Url, again.Upload!.Url);
        await others.PostAsync(wanted).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await bob.PostAsync(wanted).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        await room.PostAsync(new { wanted.id, name = "b.png", wanted.size, wanted.type }).ShouldBeProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
    }

    [Fact]
    public async Task A_form_uploads_a_small_file_at_once()
    {
        var (owner, room) = await RoomAsync();
        Task<HttpResponseMessage> PostAsync(byte[] bytes, params (string Name, string Value)[] fields)
        {
            var form = new MultipartFormDataContent();
            foreach (var (name, value) in fields)
                form.Add(new StringContent(value), name);
            form.Add(new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "file", "a.png");
            return room.Client.PostAsync(room.Address, form, Stop);
        }

        var file = await PostAsync(FileRoom.Png).ReadAsync<StoredFile>(HttpStatusCode.Created);
        var id = Guid.CreateVersion7();
        var named = await PostAsync(FileRoom.Png, ("id", id.ToString()), ("name", "b.png")).ReadAsync<StoredFile>(HttpStatusCode.Created);

        Assert.Equal(("a.png", "image/png", "ready", FileRoom.Png.Length), (file.Name, file.Type, file.Status, file.Size));
        Assert.Equal((id, "b.png"), (named.Id, named.Name));
        Assert.Equal(FileRoom.Png, await server.Anonymous.GetByteArrayAsync(file.Url, Stop));
        Assert.Equal(id, (await PostAsync(FileRoom.Png, ("id", id.ToString()), ("name", "b.png")).ReadAsync<StoredFile>(HttpStatusCode.Created)).Id);
        await PostAsync("<html>"u8.ToArray()).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, ProblemCodes.UnsupportedMediaType);
        await PostAsync(FileRoom.Png, ("owner", "me")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        await PostAsync([.. FileRoom.Png, .. new byte[10 * 1024 * 1024 - 10]]).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.PayloadTooLarge);
        await room.Client.PostAsync(room.Address, new MultipartFormDataContent { { new StringContent("x"), "name" } }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);
        Assert.Equal(2, (await room.ListAsync()).Count);
        Assert.Equal(2, (await TrailAsync(owner, room)).Count(action => action is "file.uploaded"));
    }

    [Fact]
    [Trait("spec", "FI-5")]
    [Trait("security", "SEC-FILE-07")]
    public async Task What_was_never_completed_and_what_was_deleted_is_removed_to_the_last_byte()
    {
        var (owner, room) = await RoomAsync();
        var kept = await room.UploadAsync("kept.png", FileRoom.Png, "image/png");
        var gone = await room.UploadAsync("gone.png", FileRoom.Png, "image/png");
        var begun = await room.ReserveAsync("begun.png", FileRoom.Png.Length, "image/png");
        await room.SendAsync(begun.Upload!.Url, FileRoom.Png).ShouldBeAsync(HttpStatusCode.NoContent);
        // The same bytes are not the same file, and nothing in their place tells whose they are.
        Assert.Equal(2, FilesOf(room.Workspace).Length);
        Assert.DoesNotContain(FilesOf(room.Workspace), path => path.Contains($"{kept.Id:n}", StringComparison.Ordinal) || path.Contains("kept", StringComparison.Ordinal));

        await server.ScalarAsync<object>("update files.file set expires_at = now() where id = $1", begun.Id);
        await room.DeleteAsync(gone.Id).ShouldBeAsync(HttpStatusCode.NoContent);

        await Eventually.TrueAsync("one is left", Patience, async () =>
            FilesOf(room.Workspace).Length == 1 && !await server.ScalarAsync<bool>("select exists (select from files.file where id = $1)", begun.Id));
        Assert.Equal([kept.Id], (await room.ListAsync()).Select(file => file.Id));
        await Eventually.TrueAsync("nothing is on its way", Patience, async () => !await server.ScalarAsync<bool>("select exists (select from files.garbage where folder = $1)", room.Workspace));
        Assert.Contains("file.deleted", await TrailAsync(owner, room));

        // A workspace's rows go with it, and their bytes follow.
        await server.ScalarAsync<object>("delete from files.file where workspace_id = $1", room.Workspace);
        await SweepAsync(room);
        await NothingIsLeftAsync(room.Workspace);
    }

    [Fact]
    [Trait("spec", "FI-5")]
    public async Task What_somebody_began_to_send_and_no_row_knows_of_is_removed_when_it_is_old()
    {
        var folder = Directory.CreateTempSubdirectory("renexus-tests-").FullName;
        var store = new LocalFiles(new RenexusOptions { DataDirectory = folder }, NullLogger<LocalFiles>.Instance);
        var place = new StoragePlace(Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(3, await store.ReceiveUpToAsync(place, System.IO.Pipelines.PipeReader.Create(new MemoryStream([1, 2, 3])), 10, Stop));

        Assert.Equal(0, store.ForgetAbandoned(TimeProvider.System.GetUtcNow().AddHours(-1)));
        Assert.Equal(1, store.ForgetAbandoned(TimeProvider.System.GetUtcNow().AddHours(1)));
        Assert.Null(await store.AssembleAsync(place, 3, Stop));
        Directory.Delete(folder, recursive: true);
    }

    private async Task<(TestUser Owner, FileRoom Room)> RoomAsync()
    {
        var owner = await server.SignedInAs("ada");
        return (owner, new FileRoom(owner.Client, server.Anonymous, await TestServer.CreateWorkspace(owner)));
    }

    private async Task<FileRoom> MemberAsync(TestUser owner, FileRoom room, string role)
    {
        var member = await server.SignedInAs("bob");
        await TestServer.AddMember(owner, room.Workspace, member, role);
        return room with { Client = member.Client };
    }

    private static StoredFile WithoutLinks(StoredFile file) => file with { Url = null, DownloadUrl = null, UrlExpiresAt = null };

    private static async Task<IReadOnlyList<string>> TrailAsync(TestUser owner, FileRoom room) =>
        [.. (await owner.Client.GetAsync($"/api/workspaces/{room.Workspace}/audit?resource=file", Stop).ReadAsync<Page<AuditRecord>>()).Items.Select(entry => entry.Action)];

    private string[] FilesOf(Guid workspace) =>
        Path.Combine(server.DataDirectory, "files", workspace.ToString("n")) is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];

    /// <summary>Has the sweep run now, as a deletion does.</summary>
    private async Task SweepAsync(FileRoom room)
    {
        var file = await room.ReserveAsync("sweep.png", 1, "image/png");
        await room.DeleteAsync(file.Id).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    private Task NothingIsLeftAsync(Guid workspace) => Eventually.TrueAsync("nothing is left", Patience, async () =>
        FilesOf(workspace).Length == 0 && !await server.ScalarAsync<bool>("select exists (select from files.file where workspace_id = $1) or exists (select from files.garbage where folder = $1)", workspace));
}
