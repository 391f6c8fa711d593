using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Workspaces in their grace period (OR-4). They are outside of everybody's scope; a door shows them to their owners, who may bring
/// them back.
/// </summary>
internal sealed class DeletedWorkspaces(Database database, RenexusOptions options, TimeProvider clock)
{
    private sealed record Row(
        Guid Id, string Name, string Role, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset DeletedAt);

    private static readonly Query<Row> Page = new("workspaces.deleted", """
        select id, name, role, version, created_at, updated_at, deleted_at
        from workspaces.deleted_workspaces()
        where id > $1 and role = any($2) and deleted_at > $3
        order by id
        limit $4
        """);

    private static readonly Query<Row> ById = new("workspaces.deleted_by_id", """
        select id, name, role, version, created_at, updated_at, deleted_at
        from workspaces.deleted_workspaces()
        where id = $1 and role = any($2) and deleted_at > $3
        """);

    /// <summary>What was deleted after this can still be brought back.</summary>
    public DateTimeOffset Threshold => clock.GetUtcNow() - options.Workspaces.DeletionGrace;

    private static string[] Roles => Permissions.RolesFor(Permission.DeleteWorkspace);

    public async Task<Page<Workspace>> ListAsync(Guid userId, PageQuery query, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            Scope.Of(userId), Page, [query.After(), Roles, Threshold, query.Take() + 1], cancellationToken);
        return query.Page<Workspace>([.. rows.Select(ToWorkspace)], w => w.Id);
    }

    public async Task<bool> IsRestorableAsync(Guid workspaceId, Guid userId, CancellationToken cancellationToken) =>
        await database.QueryFirstAsync(Scope.Of(userId), ById, [workspaceId, Roles, Threshold], cancellationToken) is not null;

    private Workspace ToWorkspace(Row row) => new(row.Id, row.Name, row.Role, row.Version, row.CreatedAt, row.UpdatedAt)
    {
        DeletedAt = row.DeletedAt,
        RestorableUntil = row.DeletedAt + options.Workspaces.DeletionGrace,
    };
}
