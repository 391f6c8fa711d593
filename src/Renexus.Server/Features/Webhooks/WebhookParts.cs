using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Which programs are told what, for whoever takes a workspace along as a file (WH-3). Without secrets, and of their addresses, which may hold some, the host alone.</summary>
internal static class WebhookParts
{
    private sealed record Row(Guid Id, string Url, string Description, string[] Events, bool IsOrdered, bool IsEnabled, DateTimeOffset CreatedAt);

    private sealed record Line(Guid Id, string Host, string Description, string[] Events, bool IsOrdered, bool IsEnabled, DateTimeOffset CreatedAt);

    private static readonly Query<long> Size = new("webhooks.export_size", "select count(*) from webhooks.endpoint e where e.workspace_id = $1");

    // A workspace has fifty at the most.
    private static readonly Query<Row> All = new("webhooks.export", """
        select e.id, e.url, e.description, e.events, e.is_ordered, e.is_enabled, e.created_at from webhooks.endpoint e where e.workspace_id = $1 order by e.id
        """);

    public static WorkspaceData Export => new("webhooks", "Which programs are told of what happens; without addresses and secrets.", Size, ReadAsync);

    private static async IAsyncEnumerable<object> ReadAsync(
        Work work, Guid workspaceId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await work.QueryAsync(All, [workspaceId], cancellationToken))
            yield return new Line(row.Id, new Uri(row.Url).Authority, row.Description, row.Events, row.IsOrdered, row.IsEnabled, row.CreatedAt);
    }
}
