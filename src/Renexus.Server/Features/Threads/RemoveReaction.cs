using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>Takes one's own reaction back. One that is not there is taken back already.</summary>
internal static class RemoveReaction
{
    private static readonly Query<Guid> Delete = new(
        "threads.remove_reaction", "delete from threads.reaction where message_id = $1 and emoji = $2 and user_id = $3 returning id");

    private static readonly Query<ReactionRow> Find = new(
        "threads.find_reaction",
        """
        select r.message_id, r.user_id, r.emoji
        from threads.reaction r
        join threads.visible v on v.id = r.thread_id and v.viewer_id = $3
        where r.id = $1 and ($2::uuid is null or r.thread_id = $2)
        """);

    private static readonly Query<long> Head = new("threads.head_of", "select version from engine.channel where kind = 3 and id = $1");

    public static async Task<Outcome<Written>> RunAsync(
        Guid messageId, Guid? threadId, string emoji, Guid userId, string? cause, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await AddReaction.FindAsync(work, messageId, threadId, userId, cancellationToken)).Failed(out var problem, out var message))
            return problem;

        var removed = await work.QueryAsync(Delete, [messageId, emoji, userId], cancellationToken);
        if (removed.Count == 0)
        {
            var head = await work.QueryFirstAsync(Head, [message.ThreadId], cancellationToken);
            await work.CommitAsync(now);
            return new Written("reaction", messageId, head, "{}"u8.ToArray());
        }
        var data = Json.Utf8(new Reaction(removed[0], messageId, message.ThreadId, userId, emoji));
        work.Announce(new NewChange(
            Channels.Thread(message.ThreadId), message.WorkspaceId, ChangeOp.Delete, "reaction", removed[0], data, userId, cause));
        var placed = await work.CommitAsync(now);
        return new Written("reaction", removed[0], placed[0].Version, data);
    }

    /// <summary>The same by the reaction's own id, as sockets may name it, and operations made offline.</summary>
    public static async Task<Outcome<Written>> RunAsync(
        Guid reactionId, Guid? threadId, Guid userId, string? cause, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(Scope.Of(userId), Find, [reactionId, threadId, userId], cancellationToken) is not { } reaction)
            return new CodedProblem(ProblemCode.NotFound, $"There is no reaction {reactionId}.");
        return reaction.UserId == userId
            ? await RunAsync(reaction.MessageId, threadId, reaction.Emoji, userId, cause, database, clock, cancellationToken)
            : new CodedProblem(ProblemCode.Forbidden, "Only whoever reacted takes it back.");
    }

    /// <param name="emoji">As it was reacted with, percent-encoded.</param>
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid messageId, string emoji, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(messageId, null, emoji, caller.UserId, cause: null, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out _) ? TypedResults.Problem(problem) : TypedResults.NoContent();
    }

    private sealed record ReactionRow(Guid MessageId, Guid UserId, string Emoji);
}
