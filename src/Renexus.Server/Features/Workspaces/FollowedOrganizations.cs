using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts.External;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Workspaces;

/// <summary>
/// Has workspaces follow a provider's organizations (WH-1): each has one, called as it is, with its people in it. What was said is noted first, in whatever order
/// it came; then is done what follows from all that is known, so that the order makes no difference, and doing it again neither.
/// </summary>
internal sealed class FollowedOrganizations(Database database, WorkspaceNotices notices, TimeProvider clock, ILogger<FollowedOrganizations> logger)
{
    private const int MaxNameLength = 100;

    private sealed record Organization(string Name, string? GivenName, bool IsDeleted, Guid? WorkspaceId);

    private sealed record Place(Guid UserId, string? Role);

    private sealed record Put(bool IsNew);

    private static readonly Query<string> HearOrganization = new("workspaces.hear_of_organization", "select workspaces.hear_of_organization($1, $2, $3, $4, $5)::text");

    private static readonly Query<string> HearMembership = new("workspaces.hear_of_membership", """
        select m.organization from workspaces.hear_of_membership($1, $2, $3, $4, $5, $6, $7) m (organization) where m.organization is not null
        """);

    private static readonly Query<string> HearPerson = new("workspaces.hear_of_person", "select organization from workspaces.hear_of_person($1, $2, $3, $4)");

    private static readonly Query<Organization> Lock = new("workspaces.lock_organization", "select name, given_name, is_deleted, workspace_id from workspaces.lock_organization($1, $2)");

    private static readonly Command Give = new("workspaces.give_to_organization", "select workspaces.give_to_organization($1, $2, $3, $4)");

    private static readonly Query<Place> Take = new("workspaces.take_memberships", "select user_id, role from workspaces.take_memberships($1, $2)");

    private static readonly Query<Workspace> Make = new("workspaces.make_for_organization", """
        insert into workspaces.workspace (id, name, created_at, updated_at) values ($1, $2, $3, $3)
        returning id, name, null::text as role, version, created_at, updated_at
        """);

    private static readonly Query<Workspace> Rename = new("workspaces.rename_for_organization", """
        update workspaces.workspace set name = $2, version = version + 1, updated_at = $3 where id = $1 and deleted_at is null and name <> $2
        returning id, name, null::text as role, version, created_at, updated_at
        """);

    private static readonly Query<Workspace> Delete = new("workspaces.delete_for_organization", """
        update workspaces.workspace set deleted_at = $2, version = version + 1, updated_at = $2 where id = $1 and deleted_at is null
        returning id, name, null::text as role, version, created_at, updated_at
        """);

    private static readonly Query<Put> PutMember = new("workspaces.put_for_organization", """
        insert into workspaces.membership as m (workspace_id, user_id, role, created_at, updated_at) values ($1, $2, $3, $4, $4)
        on conflict (workspace_id, user_id) do update set role = excluded.role, version = m.version + 1, updated_at = excluded.updated_at where m.role <> excluded.role
        returning xmax = 0 as is_new
        """);

    private static readonly Command RemoveMember = new("workspaces.remove_for_organization", "delete from workspaces.membership where workspace_id = $1 and user_id = $2");

    public OrganizationFollower Follower => new(OrganizationAsync, MembershipAsync, PersonAsync);

    private async Task OrganizationAsync(ExternalOrganization word, CancellationToken cancellationToken)
    {
        await NoteAsync(HearOrganization, [word.Issuer, word.Id, word.Version, NameOf(word), word.IsDeleted], cancellationToken);
        await DoAsync(word.Issuer, word.Id, cancellationToken);
    }

    private async Task MembershipAsync(ExternalMembership word, CancellationToken cancellationToken)
    {
        var organization = await NoteAsync(
            HearMembership, [word.Issuer, word.Id, word.Organization, word.Subject, word.Version, word.IsDeleted ? (string?)null : RoleOf(word.Role), word.IsDeleted], cancellationToken);
        if (organization is [var id])
            await DoAsync(word.Issuer, id, cancellationToken);
    }

    private async Task PersonAsync(ExternalAccount account, CancellationToken cancellationToken)
    {
        foreach (var organization in await NoteAsync(HearPerson, [account.Issuer, account.Subject, account.UserId, account.IsDeleted], cancellationToken))
            await DoAsync(account.Issuer, organization, cancellationToken);
    }

    private async Task<IReadOnlyList<T>> NoteAsync<T>(Query<T> word, Arg[] args, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        var rows = await work.QueryAsync(word, args, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
        return rows;
    }

    /// <summary>Does what is still to be done about an organization, as far as it can be done already.</summary>
    private async Task DoAsync(string issuer, string id, CancellationToken cancellationToken)
    {
        for (var isDone = false; !isDone;)
        {
            if (await database.QueryFirstAsync(Scope.None, Lock, [issuer, id], cancellationToken) is not { } known)
                return;
            var workspaceId = known.WorkspaceId ?? Guid.CreateVersion7(clock.GetUtcNow());
            await using var work = await database.BeginAsync(Scope.In(workspaceId), cancellationToken);
            // Somebody else may have made its workspace meanwhile.
            if (await work.QueryFirstAsync(Lock, [issuer, id], cancellationToken) is not { } organization || (organization.WorkspaceId ?? workspaceId) != workspaceId)
                continue;
            if (organization.IsDeleted)
                await DeleteAsync(work, workspaceId, cancellationToken);
            else if (await NameAsync(work, issuer, id, workspaceId, organization, cancellationToken))
                await BringInAsync(work, issuer, id, workspaceId, organization.Name, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
            isDone = true;
        }
    }

    /// <summary>Sees to it that there is a workspace with the name. False: it was deleted here, and stays so.</summary>
    private async Task<bool> NameAsync(Work work, string issuer, string id, Guid workspaceId, Organization organization, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (organization.WorkspaceId is null)
        {
            var made = await work.QueryFirstAsync(Make, [workspaceId, organization.Name, now], cancellationToken);
            work.AnnounceToWorkspace(workspaceId, ChangeOp.Create, "workspace", workspaceId, made, actor: null);
            work.Record(AuditActions.WorkspaceCreated, workspaceId, workspaceId, after: new { organization.Name, issuer });
        }
        else if (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken) is not { } before)
        {
            return false;
        }
        else if (organization.GivenName == organization.Name)
        {
            return true;
        }
        else if (await work.QueryFirstAsync(Rename, [workspaceId, organization.Name, now], cancellationToken) is { } renamed)
        {
            work.AnnounceToWorkspace(workspaceId, ChangeOp.Update, "workspace", workspaceId, renamed, actor: null);
            work.Record(AuditActions.WorkspaceUpdated, workspaceId, workspaceId, new { before.Name }, new { renamed.Name, issuer });
        }
        await work.ExecuteAsync(Give, [issuer, id, workspaceId, organization.Name], cancellationToken);
        return true;
    }

    private async Task BringInAsync(Work work, string issuer, string id, Guid workspaceId, string organization, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var name = (await work.QueryFirstAsync(Memberships.Lock, [workspaceId], cancellationToken))?.Name ?? organization;
        foreach (var (userId, role) in await work.QueryAsync(Take, [issuer, id], cancellationToken))
        {
            var before = await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken);
            if (role is null && before is not null)
            {
                await work.ExecuteAsync(RemoveMember, [workspaceId, userId], cancellationToken);
                work.AnnounceMember(ChangeOp.Delete, workspaceId, name, before, actor: null);
                await notices.RemovedAsync(work, workspaceId, name, before, actor: null, cancellationToken);
                work.Record(AuditActions.MemberRemoved, workspaceId, userId, before: new { before.Role, issuer });
                work.AfterCommit(() => logger.OrganizationMemberRemoved(workspaceId, userId, issuer));
            }
            else if (role is not null && await work.QueryFirstAsync(PutMember, [workspaceId, userId, role, now], cancellationToken) is { } put)
            {
                var member = (await work.QueryFirstAsync(Memberships.Find, [workspaceId, userId], cancellationToken))!;
                work.AnnounceMember(put.IsNew ? ChangeOp.Create : ChangeOp.Update, workspaceId, name, member, actor: null);
                if (put.IsNew)
                    await notices.AddedAsync(work, workspaceId, name, member, actor: null, cancellationToken);
                else
                    await notices.RoleChangedAsync(work, workspaceId, name, member, actor: null, cancellationToken);
                work.Record(put.IsNew ? AuditActions.MemberAdded : AuditActions.MemberChanged, workspaceId, userId, before is null ? null : new { before.Role }, new { member.Role, issuer });
                work.AfterCommit(() => logger.OrganizationMemberPut(workspaceId, userId, role, issuer));
            }
        }
    }

    private async Task DeleteAsync(Work work, Guid workspaceId, CancellationToken cancellationToken)
    {
        if (await work.QueryFirstAsync(Delete, [workspaceId, clock.GetUtcNow()], cancellationToken) is not { } workspace)
            return;
        work.AnnounceToWorkspace(workspaceId, ChangeOp.Delete, "workspace", workspaceId, workspace, actor: null);
        await work.AnnounceMembershipsAsync(ChangeOp.Delete, workspaceId, workspace.Name, actor: null, cancellationToken);
        work.Record(AuditActions.WorkspaceDeleted, workspaceId, workspaceId, before: new { workspace.Name });
    }

    // What else is called a role there has the least here.
    private static string RoleOf(string? role) => role switch
    {
        "org:admin" or "admin" => Roles.Owner,
        "org:member" or "basic_member" => Roles.Editor,
        _ => Roles.Viewer,
    };

    private static string NameOf(ExternalOrganization organization) =>
        Texts.Cut(Texts.InOneLine(organization.Name) is { Length: > 0 } name ? name : organization.Id, MaxNameLength);
}
