using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Files;

/// <summary>Removes what nobody can see any more (FI-5): uploads that were never completed, files of threads, workspaces and people that are gone, and then their bytes. Pictures that nobody made yet it has made.</summary>
internal sealed class FileSweep(Database database, LocalFiles store, MakePictures pictures, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("files.sweep", Queues.Files) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule Hourly = new("files.sweep", "23 * * * *", Kind, new NoPayload());

    private const int AtOnce = 200;

    private static readonly Query<int> Forget = new("files.forget", "select files.forget($1, $2)");

    private sealed record GarbageRow(Guid StorageKey, Guid Folder);

    private static readonly Query<GarbageRow> Garbage = new("files.garbage", "select g.storage_key, g.folder from files.garbage g order by g.storage_key limit $1");

    private static readonly Command Removed = new("files.removed", "delete from files.garbage g where g.storage_key = any ($1)");

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = 0;
        for (var batch = AtOnce; batch == AtOnce; rows += batch)
            batch = (await database.QueryLogAsync(Forget, [now, AtOnce], cancellationToken))[0];
        var files = 0;
        for (var batch = AtOnce; batch == AtOnce; files += batch)
            batch = await RemoveAsync(cancellationToken);
        // An hour more than anybody may take.
        var uploads = store.ForgetAbandoned(now - options.Storage.UploadLifetime - TimeSpan.FromHours(1));
        var pictured = await pictures.CatchUpAsync(cancellationToken);
        job.SetResult(new { rows, files, uploads, pictured });
    }

    // The bytes first: killed in between, it does so again.
    private async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var garbage = await database.QueryLogAsync(Garbage, [AtOnce], cancellationToken);
        foreach (var one in garbage)
            store.Delete(new StoragePlace(one.Folder, one.StorageKey));
        if (garbage.Count > 0)
            await database.ExecuteLogAsync(Removed, [garbage.Select(one => one.StorageKey).ToArray()], cancellationToken);
        return garbage.Count;
    }
}
