using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Files;

/// <summary>Files as they stand in what leaves: a person's own (OR-4), and those of a workspace that everybody in it sees (WH-3). What is known of them, without their bytes.</summary>
internal static class FileParts
{
    private const int PageSize = 500;

    private sealed record OwnRow(Guid Id, Guid WorkspaceId, string Name, long Size, string Type, DateTimeOffset CreatedAt);

    private sealed record Line(Guid Id, string Name, long Size, string Type, string Sha256, Guid? CreatedBy, DateTimeOffset CreatedAt);

    private static readonly Query<OwnRow> OwnPage = new("files.own", "select id, workspace_id, name, size, type, created_at from files.own_files($1, $2)");

    private static readonly Query<long> Size = new("files.export_size", """
        select count(*) from files.file f where f.workspace_id = $1 and f.thread_id is null and f.ready_at is not null
        """);

    private static readonly Query<Line> Page = new("files.export", """
        select f.id, f.name, f.size, f.type, encode(f.sha256, 'hex') as sha256, f.created_by, f.created_at
        from files.file f
        where f.workspace_id = $1 and f.id > $2 and f.thread_id is null and f.ready_at is not null
        order by f.id limit $3
        """);

    public static PersonalData Own => new("files", IsOne: false, ReadOwnAsync);

    public static WorkspaceData OfWorkspace => WorkspaceData.Of("files", "Files that everybody in the workspace sees: names, types and hashes, not their bytes.", Size, Page, file => file.Id);

    private static async IAsyncEnumerable<object> ReadOwnAsync(IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var after = Guid.Empty;
        while (true)
        {
            var page = await database.QueryAsync(Scope.Of(userId), OwnPage, [after, PageSize], cancellationToken);
            foreach (var file in page)
                yield return file;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }
}
