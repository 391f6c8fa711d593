using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Exports;

/// <summary>
/// Makes an address that an archive can be downloaded from without another proof, so that a browser or any program writes it straight to a file. It is good for a few
/// minutes, and only as long as whom it was made for may export the workspace.
/// </summary>
internal static class OpenExport
{
    /// <summary>Until when a download can begin, or go on after a break.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private static readonly Command Insert = new("exports.insert_link", """
        insert into exports.link (hash, export_id, workspace_id, user_id, expires_at) values ($1, $2, $3, $4, $5)
        """);

    public static async Task<Results<Ok<ExportLink>, ProblemHttpResult>> HandleAsync(
        Guid workspaceId, Guid exportId, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await ExportRow.FindAsync(work, workspaceId, exportId, caller.UserId, now, cancellationToken) is not { } export)
            return await ExportRow.RefuseAsync(work, workspaceId, caller.UserId, cancellationToken) ?? Problems.NotFound("export", exportId);
        if (export.ReadyAt is null)
            return Problems.Conflict("The archive is not ready yet.");

        var token = SecretToken.New();
        await work.ExecuteAsync(Insert, [token.Hash(), exportId, workspaceId, caller.UserId, now + Lifetime], cancellationToken);
        work.Record(AuditActions.ExportOpened, workspaceId, exportId);
        await work.CommitAsync(now);
        return TypedResults.Ok(new ExportLink($"/api/exports/{token.Reveal()}", now + Lifetime));
    }
}
