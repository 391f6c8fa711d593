using System.Net;
using Renexus.Engine.Storage;

namespace Renexus.Engine.Audit;

/// <summary>How entries get into the trail and into its chains.</summary>
internal static class AuditLog
{
    private const int MaxDevice = 400;

    internal static readonly Command Append = new(
        "audit.append",
        """
        insert into engine.audit_entry
          (id, chain, workspace_id, person_id, at, actor_id, session_id, key_id, action, resource, resource_id, correlation_id, address, device, before, after)
        select t.id, coalesce(t.workspace_id, '00000000-0000-0000-0000-000000000000'), t.workspace_id, t.person_id, $15, t.actor_id, t.session_id, t.key_id,
               t.action, t.resource, t.resource_id, t.correlation_id, t.address, t.device, t.before, t.after
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::text[],
                    $12::text[], $13::text[], $14::text[])
          as t (id, workspace_id, person_id, actor_id, session_id, key_id, action, resource, resource_id, correlation_id, address, device, before, after)
        """);

    internal static readonly Query<int> Seal = new("audit.seal", "select engine.seal_audit($1)");

    /// <summary>An entry with the origin it was recorded under.</summary>
    internal readonly record struct Recorded(AuditEntry Entry, Origin Origin);

    internal static Arg[] Args(IReadOnlyList<Recorded> entries, DateTimeOffset at) =>
    [
        entries.Select(r => r.Entry.Id ?? Guid.CreateVersion7(at)).ToArray(),
        entries.Select(r => r.Entry.WorkspaceId).ToArray(),
        entries.Select(r => r.Entry.Person).ToArray(),
        entries.Select(r => r.Entry.Actor ?? r.Origin.Actor).ToArray(),
        entries.Select(r => r.Origin.SessionId).ToArray(),
        entries.Select(r => r.Origin.KeyId).ToArray(),
        entries.Select(r => r.Entry.Action).ToArray(),
        entries.Select(r => r.Entry.Resource).ToArray(),
        entries.Select(r => r.Entry.ResourceId).ToArray(),
        entries.Select(r => r.Origin.CorrelationId).ToArray(),
        entries.Select(r => r.Entry.WithoutOrigin ? null : TextOf(r.Origin.Address)).ToArray(),
        entries.Select(r => r.Entry.WithoutOrigin ? null : Cut(r.Origin.Device)).ToArray(),
        entries.Select(r => r.Entry.Before).ToArray(),
        entries.Select(r => r.Entry.After).ToArray(),
        at,
    ];

    private static string? TextOf(IPAddress? address) =>
        address is null ? null : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString().Split('%')[0];

    private static string? Cut(string? device) =>
        string.IsNullOrEmpty(device) ? null : device.Length <= MaxDevice ? device : device[..MaxDevice];
}
