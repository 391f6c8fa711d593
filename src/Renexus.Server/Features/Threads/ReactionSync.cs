using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Threads;

/// <summary>Reactions, given and taken back offline. One that is there, or is gone, is done already.</summary>
internal sealed class ReactionSync(Database database, TimeProvider clock) : ISyncResource
{
    public string Name => "reaction";

    public string? OperationOf(ChangeOp op) => op switch
    {
        ChangeOp.Create => "create reaction on thread",
        ChangeOp.Delete => "delete reaction on thread",
        _ => null,
    };

    public async Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var user = write.Caller.UserId;
        Outcome<Written> outcome;
        if (write is { Op: ChangeOp.Delete, ResourceId: { } id })
            outcome = await RemoveReaction.RunAsync(id, threadId: null, user, write.Id, database, clock, cancellationToken);
        else
        {
            var reaction = write.Read<ReactionData>();
            var (message, emoji) = (reaction.MessageId!.Value, reaction.Emoji!);
            outcome = write.Op == ChangeOp.Create
                ? await AddReaction.RunAsync(message, threadId: null, write.NewResourceId(), emoji, user, write.Id, database, clock, cancellationToken)
                : await RemoveReaction.RunAsync(message, threadId: null, emoji, user, write.Id, database, clock, cancellationToken);
        }
        return outcome.Failed(out var problem, out var written)
            ? SyncAnswer.Refused(problem)
            : SyncAnswer.Done(written.ResourceId, written.Version, JsonElement.Parse(written.Data.Span));
    }
}
