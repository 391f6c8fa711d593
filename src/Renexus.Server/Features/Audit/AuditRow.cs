using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;

namespace Renexus.Server.Features.Audit;

/// <summary>An entry as it is stored.</summary>
internal sealed record AuditRow(
    Guid Id, DateTimeOffset At, Guid? ActorId, string Action, string Resource, Guid? ResourceId, Guid? WorkspaceId, string? Before, string? After,
    string? Address, string? Device, string? CorrelationId, long? Seq)
{
    public const string Columns =
        "e.id, e.at, e.actor_id, e.action, e.resource, e.resource_id, e.workspace_id, e.before, e.after, e.address, e.device, e.correlation_id, e.seq";

    private static readonly Query<PersonRow> Names = new("audit.names", "select id, name from accounts.person where id = any ($1)");

    /// <summary>The entries as they are shown, with the names that people have today.</summary>
    public static async Task<IReadOnlyList<AuditRecord>> PresentAsync(IReadOnlyList<AuditRow> rows, Database database, CancellationToken cancellationToken)
    {
        var actors = rows.Select(row => row.ActorId).OfType<Guid>().Distinct().ToArray();
        var people = actors.Length == 0 ? [] : await database.QueryAsync(Scope.None, Names, [actors], cancellationToken);
        var names = people.ToDictionary(person => person.Id, person => person.Name);
        return [.. rows.Select(row => row.ToRecord(names))];
    }

    private AuditRecord ToRecord(Dictionary<Guid, string> names) => new(
        Id, At, ActorId is { } actor ? new AuditActor(actor, names.GetValueOrDefault(actor)) : null, Action, Resource, ResourceId, WorkspaceId,
        Parse(Before), Parse(After), Address, Device is null ? null : DeviceName.Of(Device), CorrelationId, Seq);

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);

    private sealed record PersonRow(Guid Id, string Name);
}
