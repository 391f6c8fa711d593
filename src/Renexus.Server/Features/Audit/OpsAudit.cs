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
    private sealed record OperatorRow(bool IsOperator);

    private static readonly Query<OperatorRow> Operator = new("audit.operator", "select accounts.is_operator($1) as is_operator");

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
    public static async Task<ProblemHttpResult?> RefuseAsync(Database database, Caller caller, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(caller.UserId), Operator, [caller.UserId], cancellationToken) is { IsOperator: true }
            ? null
            : Problems.Forbidden("The installation's trail is its operators'.");

    public static Task<IReadOnlyList<AuditRow>> QueryAsync(Database database, AuditFilter filter, int limit, CancellationToken cancellationToken) =>
        database.QueryLogAsync(Page, [.. filter.Args, limit], cancellationToken);
}
