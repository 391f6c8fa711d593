using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>One's own log-ins and security events.</summary>
internal static class MyAudit
{
    private static readonly Query<AuditRow> Page = new("audit.own", $"""
        select {AuditRow.Columns}
        from engine.audit_entry e
        where {AuditFilter.Condition}
          and e.person_id = $7 and e.workspace_id is null
        order by e.id desc limit $8
        """);

    public static async Task<Ok<Page<AuditRecord>>> HandleAsync(
        [AsParameters] AuditQuery query, [AsParameters] PageQuery page, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var filter = AuditFilter.Of(query, page.Cursor);
        var found = await QueryAsync(database, filter, caller.UserId, page.Take() + 1, cancellationToken);
        var (rows, next) = AuditFilter.Cut(found, page.Take());
        return TypedResults.Ok(new Page<AuditRecord>(await AuditRow.PresentAsync(rows, database, cancellationToken), next));
    }

    public static Task<IReadOnlyList<AuditRow>> QueryAsync(
        Database database, AuditFilter filter, Guid userId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(Scope.Of(userId), Page, [.. filter.Args, userId, limit], cancellationToken);
}
