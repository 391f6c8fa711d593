using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Threads;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Content;

/// <summary>Removes for good what has been in the trash for so long that nobody will miss it, one item at a time.</summary>
internal sealed class TrashRetention(Database database, RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("content.forget", Queues.Maintenance) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule Hourly = new("content.forget", "47 * * * *", Kind, new NoPayload());

    private const int AtOnce = 100;

    private sealed record Expired(Guid Id, Guid WorkspaceId);

    private sealed record Removed(string Title, DateTimeOffset DeletedAt);

    private static readonly Query<Expired> Find = new("content.find_expired", "select id, workspace_id from content.expired($1, $2)");

    private static readonly Query<Removed> Remove = new(
        "content.remove_expired", "delete from content.item i where i.id = $1 and i.deleted_at < $2 returning i.title, i.deleted_at");

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await RunAsync(cancellationToken) });

    /// <summary>Removes what is due; answers how many items that were.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Content.TrashFor;
        var removed = 0;
        while (true)
        {
            var expired = await database.QueryAsync(Scope.None, Find, [before, AtOnce], cancellationToken);
            foreach (var item in expired)
            {
                // Its history goes with it, which may be long: each has a transaction of its own.
                await using var work = await database.BeginAsync(Scope.In(item.WorkspaceId), cancellationToken);
                if (await work.QueryFirstAsync(Remove, [item.Id, before], cancellationToken) is { } gone)
                {
                    await AttachedThreads.RemoveAsync(work, item.Id, cancellationToken);
                    work.Record(AuditActions.ContentRemoved, item.WorkspaceId, item.Id, before: new { gone.Title, gone.DeletedAt });
                    removed++;
                }
                await work.CommitAsync(clock.GetUtcNow());
            }
            if (expired.Count < AtOnce)
                return removed;
        }
    }
}
