using System.Text.Json;
using System.Text.Json.Nodes;
using Renexus.Engine.Audit;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Logging;

namespace Renexus.Server.Gateway.Audit;

/// <summary>How operations write the audit trail: in their own transaction, with what was before and what is after.</summary>
internal static class Auditing
{
    private const string Redacted = "[redacted]";

    /// <summary>An entry of a workspace's trail.</summary>
    /// <param name="work">The transaction of the deed.</param>
    /// <param name="action">From <see cref="AuditActions"/>.</param>
    /// <param name="workspaceId">Whose trail.</param>
    /// <param name="resourceId">What it was done to.</param>
    /// <param name="before">What changed, as it was; becomes JSON. Names and ids, never secrets.</param>
    /// <param name="after">The same members, as they are now.</param>
    public static void Record(this Work work, AuditAction action, Guid workspaceId, Guid? resourceId, object? before = null, object? after = null) =>
        work.Record(Entry(action, resourceId, before, after) with { WorkspaceId = workspaceId });

    /// <summary>An entry of a person's own trail, and so of the installation's: log-ins, factors, keys, the account itself.</summary>
    public static void RecordPersonal(
        this Work work, AuditAction action, Guid person, Guid? resourceId, object? before = null, object? after = null) =>
        work.Record(Personal(action, person, resourceId, before, after));

    /// <summary>The same for what has no transaction of its own: a refused log-in. Who is meant may be unknown.</summary>
    public static Task RecordPersonalAsync(
        this Database database, AuditAction action, Guid? person, Guid? resourceId, object? after, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.RecordAsync(Personal(action, person, resourceId, null, after) with { Actor = null }, at, cancellationToken);

    /// <summary>An entry that only the installation's operators see.</summary>
    public static AuditEntry Entry(AuditAction action, Guid? resourceId, object? before = null, object? after = null) =>
        new(action.Name, action.Resource, resourceId) { Before = Text(before), After = Text(after) };

    /// <summary>An address that is recognised by whoever knows it, and tells nobody else: the trail outlives the invitation.</summary>
    public static string Mask(string email)
    {
        var at = email.LastIndexOf('@');
        return at < 1 ? "…" : $"{email[0]}…{email[at..]}";
    }

    private static AuditEntry Personal(AuditAction action, Guid? person, Guid? resourceId, object? before, object? after) =>
        Entry(action, resourceId ?? person, before, after) with { Person = person, Actor = person };

    // Operations put no secrets in; this is the gate behind them.
    private static string? Text(object? value)
    {
        if (value is null)
            return null;

        var node = JsonSerializer.SerializeToNode(value, value.GetType(), Json.Options);
        Clean(node);
        return node!.ToJsonString(Json.Options);
    }

    /// <summary>Takes out what stands under the name of a secret.</summary>
    public static void Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    if (value is JsonValue && value.GetValueKind() == JsonValueKind.String && Redaction.IsSecretName(name))
                        members[name] = Redacted;
                    else
                        Clean(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                    Clean(item);
                break;
        }
    }
}
