using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Renexus.Contracts;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Files;

/// <summary>A server that is killed in the middle of an upload loses nothing that it acknowledged, and keeps nothing that it did not.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "FI-1")]
public sealed class UploadKillTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_that_arrived_before_a_kill_are_not_sent_again()
    {
        await using var folder = new TemporaryFolder();
        Task<ServerProcess> StartAsync() => ServerProcess.StartAsync("Renexus:Database:ConnectionString=" + database.ConnectionString, $"Renexus:DataDirectory={folder.Path}");
        var bytes = FileRoom.Bytes(17_000_000);
        ReadOnlyMemory<byte> Of(FileUploadPart part) => bytes.AsMemory((int)part.Offset, (int)part.Size);

        string token;
        StoredFile file;
        await using (var first = await StartAsync())
        {
            using var client = new HttpClient { BaseAddress = first.Address };
            var ada = await client.PostAsJsonAsync("/api/auth/register", new { email = $"ada-{Guid.CreateVersion7():n}@example.com", password = TestUser.Password, name = "Ada" }, Stop)
                .ReadAsync<LoggedIn>(HttpStatusCode.Created);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token = ada.AccessToken);
            var workspace = (await client.PostAsJsonAsync("/api/workspaces", new { name = "Engines" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created)).Id;
            var room = new FileRoom(client, client, workspace);
            file = await room.ReserveAsync("film.bin", bytes.Length, "application/x-film");
            await room.SendAsync(file.Upload!.Parts![0].Url, Of(file.Upload.Parts[0])).ShouldBeAsync(HttpStatusCode.NoContent);

            // The second is half-way, and on the disk, when the server dies.
            var half = new HalfSent(Of(file.Upload.Parts[1]));
            using var gone = new CancellationTokenSource();
            var sending = client.PutAsync(file.Upload.Parts[1].Url, half, gone.Token);
            await Eventually.TrueAsync("half of it has come", TimeSpan.FromSeconds(60), () =>
                Directory.EnumerateFiles(folder.Path, "*.tmp", SearchOption.AllDirectories).Any(path => new FileInfo(path).Length > 0));
            await first.KillAsync();
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => sending);
        }

        await using var second = await StartAsync();
        using var again = new HttpClient { BaseAddress = second.Address };
        again.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var rest = new FileRoom(again, again, file.WorkspaceId);
        var standing = await rest.GetAsync(file.Id).ReadAsync<StoredFile>();
        Assert.Equal([true, false, false], standing.Upload!.Parts!.Select(part => part.IsDone));
        foreach (var part in standing.Upload.Parts!.Where(part => !part.IsDone))
            await rest.SendAsync(part.Url, Of(part)).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (await rest.CompleteAsync(file.Id).ReadAsync<StoredFile>()).Sha256);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path, "*.tmp", SearchOption.AllDirectories), path => path.Contains("incoming", StringComparison.Ordinal));
    }

    /// <summary>Sends the first half and then nothing more.</summary>
    private sealed class HalfSent(ReadOnlyMemory<byte> bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes[..(bytes.Length / 2)], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
