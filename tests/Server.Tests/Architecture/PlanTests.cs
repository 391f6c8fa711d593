using System.Text.Json;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Server.Tests.Architecture;

/// <summary>
/// The plan of every statement, as the server runs it (generic, under the role's policies), on tables that are large: none
/// reads one from end to end (DB-1).
/// </summary>
[Trait("spec", "DB-1")]
public sealed class PlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>The planner's cost of reading a table of about 5 000 rows.</summary>
    private const double Large = 50;

    private const string Fill = """
        insert into accounts.user_account (id, email, email_key, name, password_hash, created_at, updated_at)
        select md5('u' || i)::uuid, 'p' || i || '@example.org', 'p' || i || '@example.org', 'Person ' || i, 'x', now(), now()
        from generate_series(1, 10000) i;
        insert into accounts.preferences (user_id, data, created_at, updated_at)
        select id, '{}', now(), now() from accounts.user_account;
        insert into accounts.session (id, user_id, device, user_agent, created_at, last_used_at, expires_at, absolute_expires_at)
        select md5('s' || i)::uuid, md5('u' || (i % 10000 + 1))::uuid, 'd', 'a', now(), now(), now() + interval '7 days', now() + interval '30 days'
        from generate_series(1, 20000) i;
        insert into accounts.refresh_token (hash, session_id, user_id, issued_at, expires_at)
        select sha256(('t' || i)::bytea), md5('s' || i)::uuid, md5('u' || (i % 10000 + 1))::uuid, now(), now() + interval '7 days'
        from generate_series(1, 20000) i;
        insert into accounts.device (user_id, token_hash, name, created_at, last_used_at)
        select md5('u' || i)::uuid, sha256(('d' || i)::bytea), 'd', now(), now() from generate_series(1, 10000) i;
        insert into accounts.link (hash, user_id, purpose, email_key, issued_at, expires_at)
        select sha256(('l' || i)::bytea), md5('u' || i)::uuid, 'verify', 'p', now(), now() from generate_series(1, 10000) i;
        insert into accounts.email_change (user_id, email, email_key, created_at)
        select md5('u' || i)::uuid, 'n@x.org', 'n@x.org', now() from generate_series(1, 10000) i;
        insert into accounts.login_attempt (id, user_id, email_hash, device, is_known_device, outcome, at)
        select gen_random_uuid(), md5('u' || i)::uuid, '\x00', 'd', false, 'wrong', now() from generate_series(1, 10000) i;
        insert into mail.letter (id, written_at, sent_at) select gen_random_uuid(), now(), now() from generate_series(1, 10000) i;
        insert into accounts.totp (user_id, seed, salt, created_at) select id, 'x', decode(md5('x'), 'hex'), now() from accounts.user_account;
        insert into accounts.recovery_code (user_id, hash, created_at)
        select user_id, sha256(('r' || i)::bytea), now() from accounts.totp, generate_series(1, 3) i;
        insert into accounts.passkey
          (id, user_id, credential_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, created_at)
        select gen_random_uuid(), md5('u' || (i % 10000 + 1))::uuid, sha256(('c' || i)::bytea), 'x', 'Passkey', 1, '{}', true, false, false, now()
        from generate_series(1, 20000) i;
        insert into accounts.passkey_challenge (id, user_id, purpose, state, expires_at)
        select gen_random_uuid(), case when i % 2 = 0 then md5('u' || (i % 10000 + 1))::uuid end, 'prove', '{}', now() from generate_series(1, 20000) i;
        insert into accounts.api_key (id, user_id, name, hash, prefix, scopes, created_at, expires_at)
        select gen_random_uuid(), md5('u' || (i % 10000 + 1))::uuid, 'Key', sha256(('k' || i)::bytea), 'rnx_', '{read}', now(), now() + interval '1 year'
        from generate_series(1, 20000) i;
        insert into workspaces.workspace (id, name, created_at, updated_at)
        select md5('w' || i)::uuid, 'W' || i, now(), now() from generate_series(1, 6000) i;
        insert into workspaces.membership (workspace_id, user_id, role, created_at, updated_at)
        select md5('w' || (i % 6000 + 1))::uuid, md5('u' || (i % 10000 + 1))::uuid, 'editor', now(), now() from generate_series(1, 30000) i
        on conflict do nothing;
        insert into workspaces.invitation (id, workspace_id, email, email_key, role, token_hash, created_at, expires_at)
        select gen_random_uuid(), md5('w' || (i % 6000 + 1))::uuid, 'i' || i || '@x.org', 'i' || i || '@x.org', 'editor', sha256(('i' || i)::bytea), now(), now()
        from generate_series(1, 10000) i;
        insert into threads.thread (id, workspace_id, title, is_private, created_at, updated_at)
        select md5('t' || i)::uuid, md5('w' || (i % 6000 + 1))::uuid, 'T', false, now(), now() from generate_series(1, 12000) i;
        insert into threads.participant (thread_id, user_id, workspace_id)
        select t.id, m.user_id, t.workspace_id from threads.thread t join workspaces.membership m using (workspace_id) limit 20000;
        insert into threads.message (id, thread_id, workspace_id, version, author_id, body, created_at)
        select gen_random_uuid(), md5('t' || (i % 12000 + 1))::uuid, md5('w' || ((i % 12000 + 1) % 6000 + 1))::uuid, i, md5('u' || (i % 10000 + 1))::uuid, 'x', now()
        from generate_series(1, 60000) i;
        insert into threads.read_marker (thread_id, user_id, workspace_id, version, updated_at)
        select thread_id, user_id, workspace_id, 1, now() from threads.participant;
        insert into content.item
          (id, workspace_id, kind, status, title, labels, media, variants, planned_at, assignee_id, thread_id, text, created_by, created_at, updated_at, deleted_at)
        select md5('c' || i)::uuid, md5('w' || (i % 6000 + 1))::uuid, 'post', 'draft', 'T', '{}', '[]', '[]', now(), md5('u' || (i % 10000 + 1))::uuid,
               md5('t' || i)::uuid, 'x', md5('u' || (i % 10000 + 1))::uuid, now(), now(), case when i % 20 = 0 then now() end
        from generate_series(1, 12000) i;
        insert into content.revision (item_id, n, workspace_id, author_id, created_at, document, updates, fields, changed)
        select md5('c' || (i % 12000 + 1))::uuid, i, md5('w' || ((i % 12000 + 1) % 6000 + 1))::uuid, md5('u' || (i % 10000 + 1))::uuid, now(), i, '[]',
               case when i % 3 = 0 then '{}'::jsonb end, '{body}'
        from generate_series(1, 60000) i;
        insert into content.snapshot (item_id, document, n, workspace_id, body, authorship) select id, 0, 1, workspace_id, 'x', '[]' from content.item;
        insert into content.comment (id, item_id, workspace_id, thread_id, author_id, document, begins, ends, quote, created_at, updated_at)
        select id, id, workspace_id, thread_id, created_by, 0, 0, 1, 'x', now(), now() from content.item;
        insert into webhooks.following (workspace_id, since, is_active) select id, '1:1:', true from workspaces.workspace limit 500;
        insert into webhooks.followed (kind, channel_id, workspace_id, version) select 3, id, workspace_id, 5 from threads.thread;
        insert into webhooks.endpoint (id, workspace_id, url, description, events, is_ordered, since, created_at, updated_at)
        select md5('e' || i)::uuid, md5('w' || (i % 6000 + 1))::uuid, 'https://x.org', '', '{*}', false, '1:1:', now(), now() from generate_series(1, 10000) i;
        insert into webhooks.secret (id, endpoint_id, workspace_id, value, created_at) select id, id, workspace_id, '\x00', now() from webhooks.endpoint;
        insert into webhooks.health (endpoint_id, workspace_id) select id, workspace_id from webhooks.endpoint;
        insert into webhooks.event (id, workspace_id, type, resource_id, body, occurred_at, created_at)
        select id, workspace_id, 'message.created', id, '{}', now(), now() - random() * interval '30 days' from threads.message;
        insert into webhooks.delivery (id, endpoint_id, event_id, workspace_id, state, due_at, created_at)
        select v.id, e.id, v.id, v.workspace_id, case when random() < 0.9 then 1 else 0 end, now(), now()
        from webhooks.event v join lateral (select id from webhooks.endpoint e where e.workspace_id = v.workspace_id limit 1) e on true;
        insert into webhooks.attempt (id, delivery_id, workspace_id, number, at, duration_ms) select id, id, workspace_id, 1, now(), 1 from webhooks.delivery;
        insert into exports.export (id, workspace_id, job_id, created_at, run, bytes, counts, ready_at, expires_at)
        select id, workspace_id, id, now(), id, 1, '{}', now(), now() + interval '7 days' from webhooks.endpoint;
        insert into exports.piece (export_id, workspace_id, run, number, data) select id, workspace_id, id, i, '\x00' from exports.export, generate_series(0, 3) i;
        insert into exports.link (hash, export_id, workspace_id, user_id, expires_at)
        select sha256(e.id::text::bytea), e.id, e.workspace_id, md5('u' || (row_number() over () % 10000 + 1))::uuid, now() + interval '1 minute' from exports.export e;
        insert into files.file (id, workspace_id, created_by, name, size, type, sha256, storage_key, created_at, ready_at)
        select id, workspace_id, author_id, 'f', 1, 'image/png', sha256('x'), id, now(), now() from threads.message;
        insert into files.garbage (storage_key, folder, since) select id, workspace_id, now() from webhooks.endpoint;
        insert into engine.channel (kind, id, version, workspace_id)
        select 3, id, 5, workspace_id from threads.thread;
        insert into engine.change (kind, channel_id, version, workspace_id, op, resource, resource_id, actor, data, at)
        select 3, thread_id, version, workspace_id, 1, 'message', id, author_id, '{}', now() from threads.message;
        insert into engine.audit_entry (id, chain, workspace_id, person_id, at, actor_id, action, resource, resource_id, seq, hash)
        select gen_random_uuid(), coalesce(w, '00000000-0000-0000-0000-000000000000'), w, case when w is null then u end, now(), u, 'thread.created', 'thread', md5('t' || i)::uuid,
               case when i > 30 then i end, case when i > 30 then sha256('x') end
        from (select i, case when i % 5 > 0 then md5('w' || (i % 6000 + 1))::uuid end as w, md5('u' || (i % 10000 + 1))::uuid as u from generate_series(1, 60000) i) t;
        insert into engine.audit_chain (chain, seq, hash, checkpointed) select id, 10, sha256('x'), case when random() < 0.01 then 5 else 10 end from workspaces.workspace;
        insert into engine.audit_checkpoint (chain, seq, hash, at, public_key, signature) select chain, seq, hash, now(), 'k', 's' from engine.audit_chain;
        insert into engine.node (id, name, started_at, seen_at) select md5('n' || i)::uuid, 'n', now(), now() from generate_series(1, 5) i;
        insert into engine.session (id, user_id, node_id, connection, connected_at, seen_at)
        select gen_random_uuid(), md5('u' || (i % 10000 + 1))::uuid, case when i % 2 = 0 then md5('n' || (i % 5 + 1))::uuid end, i, now(), now()
        from generate_series(1, 20000) i;
        analyze;
        """;

    // Parameters stay parameters, as in the plan that is kept; the protocol would ask for their values.
    private const string PlanOf = """
        create or replace function pg_temp.plan_of(p_sql text) returns text language plpgsql as $$
        declare result text;
        begin
          execute 'explain (generic_plan, format json) ' || p_sql into result;
          return result;
        end $$
        """;

    [Fact]
    public async Task No_statement_reads_a_large_table_from_end_to_end()
    {
        await using (var fill = database.Login.CreateCommand(Fill))
        {
            fill.CommandTimeout = 600; // seconds on a quiet machine
            await fill.ExecuteNonQueryAsync();
        }

        var wrong = new List<string>();
        foreach (var (statement, owner) in Statements.All)
        {
            var plan = await PlanAsync(database.App, statement.Text) ?? await PlanAsync(database.Log, statement.Text);
            wrong.AddRange(Scans(plan!.Value).Select(scan => $"{owner.Name}: {statement.Name} reads all of {scan}"));
        }

        Findings.None(wrong);
        // And the check sees what it looks for.
        Assert.Equal(["message"], Scans((await PlanAsync(database.App, "select id from threads.message where body = $1"))!.Value));
    }

    /// <summary>Null when this role may not run it.</summary>
    private static async Task<JsonElement?> PlanAsync(NpgsqlDataSource role, string sql)
    {
        await using var connection = await role.OpenConnectionAsync();
        await using (var define = new NpgsqlCommand(PlanOf, connection))
            await define.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("select pg_temp.plan_of($1)", connection) { Parameters = { new() { Value = sql } } };
        try
        {
            return JsonElement.Parse((string)(await command.ExecuteScalarAsync())!);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    private static IEnumerable<string> Scans(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Scans),
        JsonValueKind.Object => Here(node).Concat(node.EnumerateObject()
            .Where(member => member.Name is "Plan" or "Plans").SelectMany(member => Scans(member.Value))),
        _ => [],
    };

    private static IEnumerable<string> Here(JsonElement node)
    {
        if (node.TryGetProperty("Node Type", out var type) && type.GetString() is "Seq Scan" && node.GetProperty("Total Cost").GetDouble() > Large)
            yield return node.GetProperty("Relation Name").GetString()!;
    }
}
