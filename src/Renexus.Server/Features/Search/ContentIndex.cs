using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Search;

/// <summary>
/// The words of content items, which follow what was written of them as a whole: whoever types moves nothing here until the text settles, which its workspace is told
/// of (docs/spec/documents.md, DC11).
/// </summary>
internal sealed class ContentIndex(Database database)
{
    /// <summary>In one transaction; texts may be long.</summary>
    private const int ItemsAtOnce = 20;

    private const int TransactionsPerStep = 10;
    private const int WorkspacesAtOnce = 50;

    /// <summary>How many of the items of a workspace that were changed last are looked at; what else is behind in it, the comparison of all finds.</summary>
    private const int LookedAt = 200;

    private static readonly Query<Guid> Behind = new("search.behind_content", "select search.behind_content($1, $2)");
    private static readonly Query<bool> Follow = new("search.follow_content", "select search.follow_content($1)");

    private readonly Queue<Guid> waiting = new();

    /// <summary>Finds what is behind among all items.</summary>
    /// <returns>Whether there may be more of it.</returns>
    public async Task<bool> CompareAsync(int limit, CancellationToken cancellationToken)
    {
        // What waits would be found again.
        if (waiting.Count > 0)
            return true;
        var behind = await database.QueryAsync(Scope.None, Behind, [(Guid[]?)null, limit], cancellationToken);
        Enqueue(behind);
        return behind.Count == limit;
    }

    /// <summary>Follows the workspaces that moved, by so much as takes no long time; what is left is the next step's.</summary>
    public async Task FollowAsync(MovedChannels moved, CancellationToken cancellationToken)
    {
        var workspaces = moved.Take(WorkspacesAtOnce);
        if (workspaces.Count > 0)
        {
            try
            {
                Enqueue(await database.QueryAsync(Scope.None, Behind, [workspaces.Select(workspace => workspace.Id).ToArray(), LookedAt], cancellationToken));
            }
            catch
            {
                moved.Add(workspaces);
                throw;
            }
        }
        for (var i = 0; i < TransactionsPerStep && waiting.Count > 0; i++)
        {
            var items = waiting.Take(ItemsAtOnce).ToArray();
            if (!await database.QueryFirstAsync(Scope.None, Follow, [items], cancellationToken))
                return;
            for (var done = 0; done < items.Length; done++)
                waiting.Dequeue();
        }
    }

    private void Enqueue(IEnumerable<Guid> items)
    {
        foreach (var item in items.Except(waiting).ToArray())
            waiting.Enqueue(item);
    }
}
