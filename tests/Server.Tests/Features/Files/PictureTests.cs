using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using NetVips;
using Renexus.Contracts;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Files;

/// <summary>Smaller pictures of those that are uploaded, made beside the server.</summary>
[Trait("spec", "FI-4")]
public sealed class PictureTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_of_every_type_gets_smaller_ones_that_whoever_reads_it_reads_and_stays_as_it_was()
    {
        var (owner, room) = await RoomAsync();
        using var wide = Halves(2400, 1600);
        (string Name, string Type)[] kinds = [("a.png", "image/png"), ("a.jpg", "image/jpeg"), ("a.webp", "image/webp"), ("a.avif", "image/avif"), ("a.gif", "image/gif")];
        var uploads = await Task.WhenAll(kinds.Select(async kind =>
        {
            var bytes = kind.Type is "image/avif" ? wide.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0) : wide.WriteToBuffer(Path.GetExtension(kind.Name));
            return (Bytes: bytes, File: await room.UploadAsync(kind.Name, bytes, kind.Type));
        }));

        foreach (var (bytes, uploaded) in uploads)
        {
            var file = await LookedAtAsync(room, uploaded.Id);
            Assert.Equal((uploaded.Type, 2400, 1600), (file.Type, file.Width, file.Height));
            Assert.Equal([(320, 213), (960, 640), (1920, 1280)], file.Variants!.Select(variant => (variant.Width, variant.Height)));
            foreach (var variant in file.Variants!)
            {
                using var answer = await room.Anybody.GetAsync(variant.Url, Stop);
                var content = await answer.Content.ReadAsByteArrayAsync(Stop);
                using var picture = Image.NewFromBuffer(content);
                Assert.Equal(("image/webp", variant.Size, variant.Width, variant.Height), (answer.Content.Headers.ContentType!.MediaType, content.Length, picture.Width, picture.Height));
            }
            Assert.Equal(bytes, await room.Anybody.GetByteArrayAsync(file.Url, Stop));
            await room.Anybody.GetAsync(file.Url + "?picture=321", Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        }

        var first = await LookedAtAsync(room, uploads[0].File.Id);
        var told = Assert.Single(
            await server.AnnouncedOnAsync(Channels.WorkspaceKind, room.Workspace), news => news.What is "update file" && news.Data.GetProperty("id").GetGuid() == first.Id);
        Assert.Equal((2400, false), (told.Data.GetProperty("width").GetInt32(), told.Data.TryGetProperty("variants", out _)));

        // With a message they are there as well.
        var thread = await TestServer.CreateThread(owner, room.Workspace);
        await owner.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "", attachments = new[] { first.Id } }, Stop).ShouldBeAsync(HttpStatusCode.Created);
        var attachment = (await owner.Client.GetFromJsonAsync<Page<Message>>($"/api/threads/{thread}/messages", Json.Options, Stop))!.Items.Single().Attachments.Single();
        Assert.Equal((2400, 1600, 3), (attachment.Width, attachment.Height, attachment.Variants!.Count));
        Assert.Equal(first.Variants![0].Size, (await room.Anybody.GetByteArrayAsync(attachment.Variants[0].Url, Stop)).Length);
    }

    [Fact]
    public async Task They_stand_upright_and_say_nothing_of_where_they_were_taken()
    {
        var (_, room) = await RoomAsync();
        using var stored = Halves(800, 600).Mutate(picture =>
        {
            picture.Set(GValue.GIntType, "orientation", 6);
            picture.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "51/1 30/1 0/1");
        });
        var bytes = stored.JpegsaveBuffer();
        using (var original = Image.NewFromBuffer(bytes))
            Assert.Contains("exif-ifd3-GPSLatitude", original.GetFields());

        var file = await LookedAtAsync(room, (await room.UploadAsync("phone.jpg", bytes, "image/jpeg")).Id);

        Assert.Equal((600, 800), (file.Width, file.Height));
        Assert.All(file.Variants!, variant => Assert.InRange(variant.Width, 1, 600));
        using var smaller = Image.NewFromBuffer(await room.Anybody.GetByteArrayAsync(file.Variants![0].Url, Stop));
        Assert.Equal((320, 427), (smaller.Width, smaller.Height));
        Assert.DoesNotContain(smaller.GetFields(), field => field.StartsWith("exif", StringComparison.Ordinal) || field is "orientation");
        // What lay at the left is on top.
        Assert.InRange(smaller.Getpoint(160, 20)[0], 150, 255);
        Assert.InRange(smaller.Getpoint(160, 400)[0], 0, 100);
    }

    [Fact]
    public async Task What_moves_is_left_alone_and_nothing_is_made_larger()
    {
        var (_, room) = await RoomAsync();
        using var one = Halves(400, 300);
        using var other = Image.Black(400, 300, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb);
        using var pages = Image.Arrayjoin([one, other], across: 1).Mutate(film => film.Set(GValue.GIntType, "page-height", 300));

        var moving = await LookedAtAsync(room, (await room.UploadAsync("moving.gif", pages.GifsaveBuffer(), "image/gif")).Id);
        var small = await LookedAtAsync(room, (await room.UploadAsync("small.png", one.PngsaveBuffer(), "image/png")).Id);
        using var strip = Halves(200, 9000);
        var tall = await LookedAtAsync(room, (await room.UploadAsync("tall.png", strip.PngsaveBuffer(), "image/png")).Id);

        Assert.Equal((400, 300, null), (moving.Width, moving.Height, moving.Variants));
        Assert.Equal(320, small.Variants![0].Width);
        Assert.All(small.Variants, variant => Assert.True(variant.Width < 400 || variant.Size < small.Size));
        Assert.Equal((1280, true), (tall.Variants![0].Height, tall.Variants[0].Width is > 20 and < 40));
    }

    [Fact]
    public async Task A_video_has_the_poster_that_came_with_it_checked_as_any_picture()
    {
        var (_, room) = await RoomAsync();
        using var still = Halves(1280, 720);
        var poster = still.JpegsaveBuffer();
        byte[] film = [0, 0, 0, 24, .. "ftypisom"u8, .. new byte[64]];
        async Task<StoredFile> UploadAsync(string name, byte[]? picture)
        {
            var reserved = await room.ReserveAsync(name, film.Length, "video/mp4");
            await room.SendAsync(reserved.Upload!.Url, film).ShouldBeAsync(HttpStatusCode.NoContent);
            if (picture is not null)
                await room.SendAsync(reserved.Upload.PosterUrl!, picture).ShouldBeAsync(HttpStatusCode.NoContent);
            return await room.CompleteAsync(reserved.Id).ReadAsync<StoredFile>();
        }

        var with = await LookedAtAsync(room, (await UploadAsync("a.mp4", poster)).Id);
        var broken = await LookedAtAsync(room, (await UploadAsync("b.mp4", poster[..(poster.Length / 2)])).Id);
        var without = await UploadAsync("c.mp4", null);

        Assert.Equal((960, 540, 1280, null), (with.Poster!.Width, with.Poster.Height, with.Width, with.Variants));
        using (var answer = await room.Anybody.GetAsync(with.Poster.Url, Stop))
            Assert.Equal(("image/webp", with.Poster.Size), (answer.Content.Headers.ContentType!.MediaType, (await answer.Content.ReadAsByteArrayAsync(Stop)).Length));
        Assert.Equal((null, null), (broken.Poster, without.Poster));
        Assert.Equal(film, await room.Anybody.GetByteArrayAsync(with.Url, Stop));

        var begun = await room.ReserveAsync("d.mp4", film.Length, "video/mp4");
        await room.SendAsync(begun.Upload!.PosterUrl!, "<svg/>"u8.ToArray()).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, ProblemCodes.UnsupportedMediaType);
        await room.SendAsync(begun.Upload.PosterUrl!, new byte[2 * 1024 * 1024 + 1]).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, ProblemCodes.PayloadTooLarge);
        var picture = await room.ReserveAsync("e.png", 10, "image/png");
        Assert.Null(picture.Upload!.PosterUrl);
        await room.SendAsync(picture.Upload.Url + "?poster=true", poster).ShouldBeProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.ValidationFailed);

        foreach (var file in new[] { with.Id, broken.Id, without.Id, begun.Id, picture.Id })
            await room.DeleteAsync(file).ShouldBeAsync(HttpStatusCode.NoContent);
        await Eventually.TrueAsync("nothing is left of them", Patience, () => FilesOf(room.Workspace).Length == 0);
    }

    [Fact]
    [Trait("security", "SEC-FILE-05")]
    public async Task What_is_meant_to_harm_its_decoder_harms_nothing()
    {
        var (_, room) = await RoomAsync();
        using var picture = Halves(1000, 800);
        var bomb = Enlarged(picture.PngsaveBuffer(), 30_000, 30_000);
        var whole = picture.JpegsaveBuffer();
        (string Name, string Type, byte[] Bytes)[] hostile =
        [
            ("bomb.png", "image/png", bomb),
            ("cut.jpg", "image/jpeg", whole[..(whole.Length / 2)]),
            ("empty.png", "image/png", FileRoom.Png),
            ("mixed.webp", "image/webp", [.. "RIFF\u0010\0\0\0WEBPVP8 "u8, .. new byte[64]]),
        ];

        foreach (var (name, type, bytes) in hostile)
        {
            var file = await LookedAtAsync(room, (await room.UploadAsync(name, bytes, type)).Id);
            Assert.Equal(("ready", null, null), (file.Status, file.Width, file.Variants));
            Assert.Equal(bytes, await room.Anybody.GetByteArrayAsync(file.Url, Stop));
        }
        Assert.False(await server.ScalarAsync<bool>("select exists (select from jobs.dead where kind = 'files.pictures')"));
    }

    [Fact]
    [Trait("security", "SEC-FILE-05")]
    public async Task The_decoder_gets_no_more_pixels_memory_or_time_than_it_may_have()
    {
        using var folder = new Folder();
        using var picture = Halves(4000, 3000);
        var source = Path.Combine(folder.Path, "source");
        // Woven together from its whole, it has to be held as a whole.
        picture.Pngsave(source, interlace: true);

        Task<DecodedPicture> DecodeAsync(PictureLimits limits, string type = "image/png") => new PictureProcess(limits).DecodeAsync(source, type, folder.New(), Stop);
        async Task<string> RefusalAsync(PictureLimits limits, string type = "image/png") => (await Assert.ThrowsAsync<PictureRefusedException>(() => DecodeAsync(limits, type))).Message;

        Assert.Equal((4000, 3), ((await DecodeAsync(PictureLimits.Usual)) is var decoded ? (decoded.Width, decoded.Pictures.Count) : default));
        Assert.Contains("4000 by 3000 pixels", await RefusalAsync(PictureLimits.Usual with { Pixels = 11_999_999 }));
        Assert.Contains("longer than", await RefusalAsync(PictureLimits.Usual with { Patience = TimeSpan.FromMilliseconds(1) }));
        // Of whatever type it says it is, only that type's decoder sees it.
        Assert.NotEmpty(await RefusalAsync(PictureLimits.Usual, "image/jpeg"));
        if (OperatingSystem.IsLinux())
            Assert.NotEmpty(await RefusalAsync(PictureLimits.Usual with { MemoryBytes = 24 << 20 }));
    }

    [Fact]
    [Trait("spec", "FI-5")]
    public async Task They_count_are_made_later_where_nobody_made_them_and_go_with_their_file()
    {
        var (owner, room) = await RoomAsync();
        using var picture = Halves(2000, 1000);
        var bytes = picture.PngsaveBuffer();
        var file = await LookedAtAsync(room, (await room.UploadAsync("a.png", bytes, "image/png")).Id);
        Task<long> UsedAsync() => server.ScalarAsync<long>("select of_workspace from files.used($1, $2)", room.Workspace, owner.Id);
        Assert.Equal(bytes.Length + file.Variants!.Sum(variant => variant.Size), await UsedAsync());
        Assert.Equal(4, FilesOf(room.Workspace).Length);

        // As after a kill between their bytes and their row, or from before there were any.
        await server.ScalarAsync<object>(
            "update files.file set ready_at = now() - interval '2 hours', pictured_at = null, pictures = null, width = null, height = null, pictures_size = 0 where id = $1", file.Id);
        await File.WriteAllTextAsync(FilesOf(room.Workspace).Single(path => path.EndsWith(".320", StringComparison.Ordinal)), "half of it", Stop);
        var swept = await room.ReserveAsync("sweep.bin", 1, "application/x-none");
        await room.DeleteAsync(swept.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        var again = await LookedAtAsync(room, file.Id);
        Assert.Equal(file.Variants!.Select(variant => variant.Size), again.Variants!.Select(variant => variant.Size));
        Assert.Equal(again.Variants![0].Size, (await room.Anybody.GetByteArrayAsync(again.Variants[0].Url, Stop)).Length);

        // One that goes while it is being looked at leaves nothing either.
        var hasty = await room.UploadAsync("b.png", bytes, "image/png");
        await room.DeleteAsync(hasty.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await room.DeleteAsync(file.Id).ShouldBeAsync(HttpStatusCode.NoContent);
        await Eventually.TrueAsync("nothing is left of them", Patience, async () =>
            FilesOf(room.Workspace).Length == 0 && !await server.ScalarAsync<bool>("""
                select exists (select from jobs.ready where workspace_id = $1) or exists (select from jobs.running where workspace_id = $1) or exists (select from jobs.later where workspace_id = $1)
                """, room.Workspace));
        Assert.Empty(FilesOf(room.Workspace));
        Assert.Equal(0, await UsedAsync());
    }

    private async Task<(TestUser Owner, FileRoom Room)> RoomAsync()
    {
        var owner = await server.SignedInAs("ada");
        return (owner, new FileRoom(owner.Client, server.Anonymous, await TestServer.CreateWorkspace(owner)));
    }

    private async Task<StoredFile> LookedAtAsync(FileRoom room, Guid file)
    {
        await Eventually.TrueAsync("it was looked at", Patience, () => server.ScalarAsync<bool>("select pictured_at is not null from files.file where id = $1", file));
        return await room.GetAsync(file).ReadAsync<StoredFile>();
    }

    private string[] FilesOf(Guid workspace) =>
        Path.Combine(server.DataDirectory, "files", workspace.ToString("n")) is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    /// <summary>Red at the left, dark at the right.</summary>
    private static Image Halves(int width, int height)
    {
        using var dark = Image.Black(width / 2, height, bands: 3);
        using var red = dark.Linear([1.0, 1.0, 1.0], [230.0, 30.0, 40.0]).Cast(Enums.BandFormat.Uchar);
        return red.Join(dark, Enums.Direction.Horizontal).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>The same PNG, whose header speaks of another size.</summary>
    private static byte[] Enlarged(byte[] png, int width, int height)
    {
        byte[] bytes = [.. png];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), Crc32(bytes.AsSpan(12, 17)));
        return bytes;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("renexus-tests-").FullName;

        public string New() => Directory.CreateDirectory(System.IO.Path.Combine(Path, Guid.NewGuid().ToString("n"))).FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
