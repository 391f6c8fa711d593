using Npgsql;

namespace Renexus.Server.Postgres;

/// <summary>
/// The group roles through which one login reaches the database with different rights (docs/decisions/0005-one-login-four-roles.md).
/// </summary>
internal static class DatabaseRoles
{
    /// <summary>Owns every object; the migrations run as this role, security-definer functions too.</summary>
    public const string Owner = "renexus_owner";

    /// <summary>What features run as: owns nothing, sees through row-level security only.</summary>
    public const string App = "renexus_app";

    /// <summary>What the engine's readers of the log run as.</summary>
    public const string Log = "renexus_log";

    /// <summary>May read everything, and nothing else.</summary>
    public const string Backup = "renexus_backup";

    // A role that owns a table, may bypass policies, or may become one that does.
    private const string Bypassing = """
        select string_agg(distinct r.rolname::text, ', ')
        from pg_roles r
        where r.rolname in ('renexus_app', 'renexus_log')
          and (r.rolsuper or r.rolbypassrls
               or exists (select from pg_class c where c.relowner = r.oid)
               or exists (select from pg_roles o where o.oid <> r.oid and (o.rolsuper or o.rolbypassrls or o.rolname = 'renexus_owner') and pg_has_role(r.oid, o.oid, 'member')))
        """;

    /// <summary>Row-level security guards nothing from a role that stands above it: then the server does not start (SEC-RLS-01).</summary>
    /// <exception cref="StartupException">The application's role, or the log reader's, could step around it.</exception>
    public static async Task RefuseToBypassAsync(NpgsqlDataSource login, CancellationToken cancellationToken)
    {
        await using var command = login.CreateCommand(Bypassing);
        if (await command.ExecuteScalarAsync(cancellationToken) is string roles)
            throw new StartupException(
                $"The database role {roles} can step around row-level security (superuser, bypassrls, an owner, or a member of one): " +
                "take that right away, docs/deployment.md, \"Roles\".");
    }

    // Roles belong to the cluster, the migrator's lock to one database: two databases of a cluster may get here at the same
    // moment. So whoever comes second takes "already there" and "changed meanwhile" as done; if it was not, set role says so.
    // Only a superuser may hand out bypassrls; elsewhere backups are the hosting service's own.
    public const string Create = """
        do $$
        declare
          wanted text;
          may text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
          everything text := case when (select rolsuper from pg_roles where rolname = current_user) then ' bypassrls' else '' end;
        begin
          foreach wanted in array array['renexus_owner', 'renexus_app', 'renexus_log', 'renexus_backup'] loop
            if not exists (select from pg_roles where rolname = wanted) then
              begin
                execute format('create role %I nologin', wanted) || case wanted when 'renexus_backup' then everything else '' end;
              exception when duplicate_object or unique_violation then null;
              end;
            end if;
            if not pg_has_role(current_user, wanted, may) then
              begin
                execute format('grant %I to %I', wanted, current_user);
              exception when unique_violation or internal_error then null;
              end;
            end if;
          end loop;
          execute format('grant create on database %I to renexus_owner', current_database());
        end $$
        """;
}
