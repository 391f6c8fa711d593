using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Exports;

/// <summary>Removes archives that expired or were taken away, a few pieces at a time.</summary>
internal sealed class ExportRetention(Database database, TimeProvider clock)
{
    public static readonly JobKind<NoPayload> Kind = new("exports.forget", Queues.Maintenance) { Timeout = TimeSpan.FromHours(1) };

    public static readonly JobSchedule Hourly = new("exports.forget", "37 * * * *", Kind, new NoPayload());

    /// <summary>Pieces of 1 MB: each statement stays far below its timeout.</summary>
    public const int AtOnce = 32;

    private static readonly Command ForgetPieces = new("exports.forget_pieces", """
        delete from exports.piece p
        where (p.export_id, p.run, p.number) in (
          select o.export_id, o.run, o.number
          from exports.export e
          join exports.piece o on o.export_id = e.id
          where e.expires_at <= $1
          order by e.expires_at
          limit $2)
        """);

    private static readonly Command Forget = new("exports.forget", """
        delete from exports.export e where e.expires_at <= $1 and coalesce((select false from exports.piece p where p.export_id = e.id limit 1), true)
        """);

    private static readonly Command ForgetLinks = new("exports.forget_links", "delete from exports.link l where l.expires_at <= $1");

    public async Task RunAsync(NoPayload _, JobContext job, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await database.ExecuteLogAsync(ForgetLinks, [now], cancellationToken);
        var pieces = 0;
        for (var batch = AtOnce; batch == AtOnce; pieces += batch)
            batch = await database.ExecuteLogAsync(ForgetPieces, [now, AtOnce], cancellationToken);
        var removed = await database.ExecuteLogAsync(Forget, [now], cancellationToken);
        job.SetResult(new { removed, pieces });
    }
}
