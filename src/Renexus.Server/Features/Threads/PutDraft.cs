using System.Text;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Keeps what somebody has begun to write. An emptied draft stays as a row, so that its version goes on and a device that slept
/// through the sending does not take an old text for the newest.
/// </summary>
internal static class PutDraft
{
    private static readonly Command Put = new(
        "threads.put_draft",
        """
        insert into threads.draft as d (thread_id, user_id, body, reply_to, updated_at)
        select v.id, v.viewer_id, $3, $4, $5
        from threads.visible v
        where v.id = $1 and v.viewer_id = $2 and v.role = any ($6)
          and ($7::bigint is null or $7 = coalesce((select version from threads.draft where thread_id = $1 and user_id = $2), 0))
        on conflict (thread_id, user_id) do update
          set body = excluded.body, reply_to = excluded.reply_to, version = d.version + 1, updated_at = excluded.updated_at
          where $7::bigint is null or d.version = $7
        """);

    /// <param name="base">The version that it is based on; null when any will do.</param>
    private static async Task<Outcome<Draft>> RunAsync(
        Guid threadId, PutDraftRequest request, long? @base, Guid userId, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        var before = await work.QueryFirstAsync(GetDraft.OfThread, [threadId, userId], cancellationToken);
        if (before is null)
            return Problems.NotFound("thread", threadId);
        if (!Permissions.Allows(before.Role, Permission.WriteThreads))
            return new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to write in threads.");
        // The same once more, as after a lost answer, tells nobody anything.
        var current = before.ToDraft();
        if (current.Body == request.Body && current.ReplyTo == request.ReplyTo)
            return current;

        var stored = await work.ExecuteAsync(
            Put, [threadId, userId, request.Body, request.ReplyTo, now, Permissions.RolesFor(Permission.WriteThreads), @base], cancellationToken);
        var draft = (await work.QueryFirstAsync(GetDraft.OfThread, [threadId, userId], cancellationToken))!.ToDraft();
        if (stored == 0)
            return Problems.VersionConflict(draft);
        work.AnnounceToUser(userId, ChangeOp.Update, "draft", threadId, draft, userId);
        await work.CommitAsync(now);
        return draft;
    }

    public static async Task<IResult> HandleAsync(
        Guid threadId, PutDraftRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, RenexusOptions options,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(request.Body!) > options.Limits.MessageBytes)
            return TypedResults.Problem(new CodedProblem(
                ProblemCode.PayloadTooLarge, $"A draft is at most {options.Limits.MessageBytes} bytes, as a message is; keep longer text as a file."));
        var outcome = await RunAsync(threadId, request, ifMatch.Version, caller.UserId, database, clock, cancellationToken);
        if (outcome.Failed(out var problem, out var draft))
            return TypedResults.Problem(problem);
        response.SetVersion(draft.Version);
        return TypedResults.Ok(draft);
    }
}
