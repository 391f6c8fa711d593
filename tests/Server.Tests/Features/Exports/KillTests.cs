using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Exports;

/// <summary>A worker that is killed while it writes an archive costs the time, not the archive.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "WH-3")]
[Trait("spec", "JB-4")]
public sealed class KillTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_whose_worker_was_killed_in_the_middle_is_made_anew_once_and_whole()
    {
        await using var folder = new TemporaryFolder();
        Task<ServerProcess> StartAsync(string role) => ServerProcess.StartAsync(
            "Renexus:Database:ConnectionString=" + database.ConnectionString, $"Renexus:Roles={role}", $"Renexus:DataDirectory={Path.Combine(folder.Path, role)}");

        // Asked for and downloaded at one node, made by another.
        await using var web = await StartAsync("web");
        using var client = new HttpClient { BaseAddress = web.Address };
        var ada = await client.PostAsJsonAsync("/api/auth/register", new { email = $"ada-{Guid.CreateVersion7():n}@example.com", password = TestUser.Password, name = "Ada" }, Stop)
            .ReadAsync<LoggedIn>(HttpStatusCode.Created);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ada.AccessToken);
        var workspace = (await client.PostAsJsonAsync("/api/workspaces", new { name = "Engines" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created)).Id;
        var thread = (await client.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "Plans" }, Stop).ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await using (var seed = database.Login.CreateCommand("""
            insert into threads.message (id, thread_id, workspace_id, version, body, created_at)
            select gen_random_uuid(), $1, $2, 1000 + i, (select string_agg(gen_random_uuid()::text, '') from generate_series(1, 45) where i > 0), now()
            from generate_series(1, 1500) i
            """))
        {
            seed.Parameters.AddWithValue(thread);
            seed.Parameters.AddWithValue(workspace);
            await seed.ExecuteNonQueryAsync(Stop);
        }
        var room = new ExportRoom(client, workspace);

        WorkspaceExport started;
        await using (var worker = await StartAsync("worker"))
        await using (await PieceGate.CloseAsync(database))
        {
            started = await room.StartAsync();
            await Eventually.TrueAsync("a piece is written", TimeSpan.FromSeconds(60), async () => await CountAsync("select count(*) from exports.piece") > 0);
            await worker.KillAsync();
        }
        Assert.NotEqual("ready", (await room.ListAsync()).Single().State);

        await using var again = await StartAsync("worker");
        var export = await room.ReachAsync(started.Id, "ready");

        using var anybody = new HttpClient { BaseAddress = web.Address };
        using var archive = await room.DownloadAsync(export.Id, anybody);
        Assert.Equal(1500, ExportRoom.IdsIn(archive, "messages.jsonl").Distinct().Count());
        Assert.Single(await room.ListAsync());
        Assert.Single((await client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items, one => one.Kind == "workspace.export");
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.Login.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }
}
