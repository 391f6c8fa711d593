using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway;

/// <summary>
/// A part of what leaves a workspace as a file (WH-3). Each feature registers its parts as services. They hold what everybody in the workspace sees, or its
/// administrators: never what belongs to some of its people alone.
/// </summary>
/// <param name="Name">Of the file in the archive, without its ending.</param>
/// <param name="What">What it holds, for whoever reads the archive.</param>
/// <param name="Size">About how many items there are in the workspace $1, to say how far the work is.</param>
/// <param name="Read">The items of a workspace, a page at a time, so that there may be any number of them; all from one transaction, which sees one moment.</param>
internal sealed record WorkspaceData(string Name, string What, Query<long> Size, Func<Work, Guid, CancellationToken, IAsyncEnumerable<object>> Read)
{
    private const int PageSize = 500;

    /// <summary>A part that one statement reads: of the workspace $1, after the id $2, so many ($3), by id.</summary>
    public static WorkspaceData Of<TRow>(string name, string what, Query<long> size, Query<TRow> page, Func<TRow, Guid> idOf)
        where TRow : class =>
        new(name, what, size, (work, workspaceId, cancellationToken) => ReadAsync(work, workspaceId, page, idOf, cancellationToken));

    private static async IAsyncEnumerable<object> ReadAsync<TRow>(
        Work work, Guid workspaceId, Query<TRow> page, Func<TRow, Guid> idOf, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : class
    {
        var after = Guid.Empty;
        while (true)
        {
            var rows = await work.QueryAsync(page, [workspaceId, after, PageSize], cancellationToken);
            foreach (var row in rows)
                yield return row;
            if (rows.Count < PageSize)
                yield break;
            after = idOf(rows[^1]);
        }
    }
}
