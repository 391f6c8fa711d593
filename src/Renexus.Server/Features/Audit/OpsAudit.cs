using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>
/// The trail of the whole installation, for its operators: log-ins and accounts, and what happened in every workspace. It is read past
/// row-level security, by the log's own reader; so it asks first, and says in the trail that it was read.
/// </summary>
internal static class OpsAudit
{
    private static readonly Query<AuditRow> Page = new("audit.everything", $"""
        select {AuditRow.Columns}
        from engine.audit_entry e
        where {AuditFilter.Condition}
        order by e.id desc limit $7
        """);

    public static async Task<Results<Ok<Page<AuditRecord>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] AuditQuery query, [AsParameters] PageQuery page, Caller caller, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var filter = AuditFilter.Of(query, page.Cursor);
        if (await RefuseAsync(database, caller, cancellationToken) is { } refusal)
            return refusal;

        await database.RecordAsync(Auditing.Entry(AuditActions.AuditRead, resourceId: null, after: AuditFilter.Describe(query)), clock.GetUtcNow(), cancellationToken);
        var found = await QueryAsync(database, filter, page.Take() + 1, cancellationToken);
        var (rows, next) = AuditFilter.Cut(found, page.Take());
        return TypedResults.Ok(new Page<AuditRecord>(await AuditRow.PresentAsync(rows, database, cancellationToken), next));
    }

    /// <summary>Whoever does not run the installation.</summary>
    public static Task<ProblemHttpResult?> RefuseAsync(Database database, Caller caller, CancellationToken cancellationToken) =>
        database.RefuseOthersAsync(caller, "The installation's trail is its operators'.", cancellationToken);

    public static Task<IReadOnlyList<AuditRow>> QueryAsync(Database database, AuditFilter filter, int limit, CancellationToken cancellationToken) =>
        database.QueryLogAsync(Page, [.. filter.Args, limit], cancellationToken);
}
