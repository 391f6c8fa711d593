using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

internal static class CreateThread
{
    private static readonly Command Insert = new(
        "threads.create",
        """
        insert into threads.thread (id, workspace_id, title, is_private, created_by, created_at, updated_at)
        select $1, m.workspace_id, $4, $5, m.user_id, $6, $6
        from workspaces.member m
        where m.workspace_id = $2 and m.user_id = $3 and m.role = any ($7)
        on conflict (id) do nothing
        """);

    private static readonly Command InsertParticipants = new(
        "threads.create_participants",
        """
        insert into threads.participant (thread_id, user_id, workspace_id)
        select $1, m.user_id, m.workspace_id from workspaces.member m where m.workspace_id = $2 and m.user_id = any ($3)
        """);

    private static readonly Query<ThreadRow> Created = new("threads.created", ThreadRow.Select + "where v.id = $1 and v.viewer_id = $2");

    private static readonly Query<string> RoleIn = new(
        "threads.role_in", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    public static async Task<Outcome<CreatedThread>> RunAsync(
        Guid workspaceId, CreateThreadRequest request, Guid userId, string? cause, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = request.Id ?? Guid.CreateVersion7(now);
        var participants = (request.Participants ?? []).Append(userId).Distinct().ToArray();
        var isPrivate = request.Participants is { Count: > 0 };

        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        int inserted;
        try
        {
            inserted = await work.ExecuteAsync(
                Insert, [id, workspaceId, userId, request.Title, isPrivate, now, Permissions.RolesFor(Permission.WriteThreads)], cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The id belongs to a thread of a workspace that this person does not see.
            return Taken(id);
        }
        if (inserted == 0)
            return await ExplainAsync(work, id, workspaceId, userId, cancellationToken);
        if (isPrivate && await work.ExecuteAsync(InsertParticipants, [id, workspaceId, participants], cancellationToken) < participants.Length)
            return Problems.Invalid("participants", "Each of them must be a member of the workspace; invite them first.");

        var thread = await work.QueryFirstAsync(Created, [id, userId], cancellationToken);
        work.AnnounceThread(thread!, ChangeOp.Create, userId, cause);
        work.RecordThread(AuditActions.ThreadCreated, thread!, before: null, after: thread);
        var placed = await work.CommitAsync(now);
        return new CreatedThread(thread!, isPrivate ? 0 : placed[0].Version);
    }

    public static async Task<IResult> HandleAsync(
        Guid workspaceId, CreateThreadRequest request, Caller caller, HttpResponse response, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(workspaceId, request, caller.UserId, cause: null, database, clock, cancellationToken);
        if (outcome.Failed(out var problem, out var created))
            return TypedResults.Problem(problem);
        response.SetVersion(created.Thread.Version);
        return TypedResults.Created($"/api/threads/{created.Thread.Id}", created.Thread.ToInfo());
    }

    private static async Task<Outcome<CreatedThread>> ExplainAsync(Work work, Guid id, Guid workspaceId, Guid userId, CancellationToken cancellationToken)
    {
        var role = await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken);
        if (role is null)
            return new CodedProblem(ProblemCode.NotFound, $"There is no workspace {workspaceId}.");
        if (!Permissions.Allows(role, Permission.WriteThreads))
            return new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to open threads.");
        var known = await work.QueryFirstAsync(Created, [id, userId], cancellationToken);
        return known is not null && known.WorkspaceId == workspaceId && known.CreatedBy == userId
            ? new CreatedThread(known, Version: 0)
            : Taken(id);
    }

    /// <summary>A thread that exists now.</summary>
    /// <param name="Version">The place of its announcement on the workspace's channel; 0 when there is none.</param>
    internal sealed record CreatedThread(ThreadRow Thread, long Version);

    private static CodedProblem Taken(Guid id) => new(ProblemCode.Conflict, $"The id {id} belongs to something else; make a new one.");
}
