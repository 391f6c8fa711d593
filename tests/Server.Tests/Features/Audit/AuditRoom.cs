using System.Net;
using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Audit;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>A workspace whose trail has been filled, with a person of each role and a stranger.</summary>
internal sealed record AuditRoom(TestServer Server, Guid Workspace, TestUser Owner, TestUser Admin, TestUser Editor, TestUser Viewer, TestUser Stranger)
{
    public string Path => $"/api/workspaces/{Workspace}/audit";

    public static async Task<AuditRoom> MakeAsync(TestServer server)
    {
        var owner = await server.SignedInAs("owner");
        var room = new AuditRoom(
            server, await TestServer.CreateWorkspace(owner), owner, await server.SignedInAs("admin"), await server.SignedInAs("editor"),
            await server.SignedInAs("viewer"), await server.SignedInAs("stranger"));
        foreach (var (member, role) in new[] { (room.Admin, Roles.Admin), (room.Editor, Roles.Editor), (room.Viewer, Roles.Viewer) })
            await TestServer.AddMember(owner, room.Workspace, member, role);
        return room;
    }

    /// <summary>An entry as an operation would write it.</summary>
    public async Task WriteAsync(string action, TestUser? actor, Guid? resourceId, DateTimeOffset at, string? before = null, string? after = null, Guid? workspace = null)
    {
        Origin.Current = new Origin(actor?.Id, Guid.CreateVersion7(), null, IPAddress.Parse("192.0.2.7"), "Mozilla/5.0 (X11; Linux) Firefox/130.0", "trace-7");
        await Server.Database.Database.RecordAsync(
            new AuditEntry(action, action.Split('.')[0], resourceId) { WorkspaceId = workspace ?? Workspace, Before = before, After = after }, at, CancellationToken.None);
    }

    /// <summary>Many plain entries of long ago.</summary>
    public async Task FillAsync(int count)
    {
        await using var command = Server.Database.Login.CreateCommand("""
            insert into engine.audit_entry (id, chain, workspace_id, at, actor_id, action, resource)
            select ('0000' || lpad(to_hex(i), 8, '0') || '7000' || '8000' || left(md5($1::text), 12))::uuid, $1, $1, 'epoch'::timestamptz + i * interval '1 ms', $2, 'filler.written', 'filler'
            from generate_series(1, $3) i
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Workspace });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Owner.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await command.ExecuteNonQueryAsync();
    }
}
