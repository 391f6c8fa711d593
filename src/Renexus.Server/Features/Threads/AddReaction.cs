using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>Reacts to a message (TH-3). The same reaction again is answered with the one that stands, and announced to nobody.</summary>
internal static class AddReaction
{
    /// <summary>Different emoji on one message; each of them may be anybody's.</summary>
    private const int MostEmoji = 30;

    private static readonly Command Insert = new(
        "threads.add_reaction",
        """
        insert into threads.reaction (id, message_id, thread_id, workspace_id, user_id, emoji, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict on constraint reaction_once_key do nothing
        """);

    private static readonly Query<long> OtherEmoji = new(
        "threads.other_emoji", "select count(distinct emoji) from threads.reaction where message_id = $1 and emoji <> $2");

    private static readonly Query<StandingRow> Standing = new(
        "threads.standing_reaction",
        """
        select r.id, coalesce(c.version, 0) as head
        from threads.reaction r
        left join engine.channel c on c.kind = 3 and c.id = r.thread_id
        where r.message_id = $1 and r.emoji = $2 and r.user_id = $3
        """);

    public static async Task<Outcome<Written>> RunAsync(
        Guid messageId, Guid? threadId, Guid? id, string emoji, Guid userId, string? cause, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!Emoji.IsOne(emoji))
            return Problems.Invalid("emoji", "Send one emoji and nothing else.");
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if ((await FindAsync(work, messageId, threadId, userId, cancellationToken)).Failed(out var problem, out var message))
            return problem;
        if (await work.QueryFirstAsync(OtherEmoji, [messageId, emoji], cancellationToken) >= MostEmoji)
            return Problems.Invalid("emoji", $"There are {MostEmoji} different emoji on this message, which is the most; use one of them.");

        var reaction = new Reaction(id ?? Guid.CreateVersion7(now), messageId, message.ThreadId, userId, emoji);
        int inserted;
        try
        {
            inserted = await work.ExecuteAsync(
                Insert, [reaction.Id, messageId, message.ThreadId, message.WorkspaceId, userId, emoji, now], cancellationToken);
        }
        catch (PostgresException e) when (e.ConstraintName == "reaction_pkey")
        {
            return new CodedProblem(ProblemCode.Conflict, $"The id {reaction.Id} belongs to another reaction; make a new one.");
        }
        if (inserted == 0)
        {
            var standing = (await work.QueryFirstAsync(Standing, [messageId, emoji, userId], cancellationToken))!;
            await work.CommitAsync(now);
            return new Written("reaction", standing.Id, standing.Head, Json.Utf8(reaction with { Id = standing.Id }));
        }

        var data = Json.Utf8(reaction);
        work.Announce(new NewChange(
            Channels.Thread(message.ThreadId), message.WorkspaceId, ChangeOp.Create, "reaction", reaction.Id, data, userId, cause));
        var placed = await work.CommitAsync(now);
        return new Written("reaction", reaction.Id, placed[0].Version, data);
    }

    /// <summary>A message, if this person may react to it or take a reaction back.</summary>
    internal static async Task<Outcome<EditMessage.EditableRow>> FindAsync(
        Work work, Guid messageId, Guid? threadId, Guid userId, CancellationToken cancellationToken)
    {
        var message = await EditMessage.FindAsync(work, messageId, userId, cancellationToken);
        if (message is null || (threadId is { } thread && thread != message.ThreadId))
            return new CodedProblem(ProblemCode.NotFound, $"There is no message {messageId}.");
        if (!Permissions.Allows(message.Role, Permission.WriteThreads))
            return new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to react.");
        if (message.IsArchived)
            return new CodedProblem(ProblemCode.Conflict, "The thread is archived; bring it back to react in it.");
        return message;
    }

    public static async Task<IResult> HandleAsync(
        Guid messageId, ReactRequest request, Caller caller, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(messageId, null, request.Id, request.Emoji!, caller.UserId, cause: null, database, clock, cancellationToken);
        return outcome.Failed(out var problem, out var written)
            ? TypedResults.Problem(problem)
            : TypedResults.Bytes(written.Data, "application/json; charset=utf-8");
    }

    private sealed record StandingRow(Guid Id, long Head);
}
