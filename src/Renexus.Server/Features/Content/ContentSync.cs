using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Engine.Text;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Items, made, changed and deleted offline. Of fields the last writer's stand, each for itself. A whole text that was changed elsewhere meanwhile is merged
/// with it over the revision that both were made of; what does not fit together is a conflict, and so is a change of what somebody
/// deleted and a deletion of what somebody changed.
/// </summary>
internal sealed class ContentSync(Database database, WholeTexts texts, ContentNotices notices, RenexusOptions options, TimeProvider clock) : ISyncResource
{
    public string Name => "content";

    public string? OperationOf(ChangeOp op) => op switch
    {
        ChangeOp.Create => "create content on workspace",
        ChangeOp.Update => "update content on content",
        _ => "delete content on content",
    };

    public Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken) => write.Op switch
    {
        ChangeOp.Create => CreateAsync(write, cancellationToken),
        ChangeOp.Update => UpdateAsync(write, cancellationToken),
        _ => DeleteAsync(write, cancellationToken),
    };

    private async Task<SyncAnswer> CreateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (workspace, rest) = write.TakeParent("workspaceId");
        var request = rest.Read<CreateContentRequest>();
        var outcome = await CreateContent.RunAsync(
            workspace, request with { Id = request.Id ?? write.NewResourceId() }, write.Caller.UserId, write.Id, database, notices, options, clock, cancellationToken);
        return outcome.Failed(out var problem, out var created)
            ? SyncAnswer.Refused(problem)
            : SyncAnswer.Done(created.Item.Id, created.Item.Version, created.Item.ToItem(created.Body));
    }

    private async Task<SyncAnswer> UpdateAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (id, user, mine) = (write.RequireResourceId(), write.Caller.UserId, write.Read<PatchContentRequest>());
        SyncAnswer? conflict = null;
        var isMerged = false;
        var outcome = await UpdateContent.RunAsync(id, mine, @base: null, user, write.Id, database, texts, notices, options, clock, cancellationToken, async (work, item, theirs) =>
        {
            isMerged = write.Base is { } known && item.Version > known;
            if (mine.Body is null || write.Base is not { } version || !isMerged)
                return mine;
            var @base = await ItemText.AtVersionAsync(work, id, version, cancellationToken);
            if (@base is not null && ThreeWayMerge.Merge(@base, ItemText.Normalize(mine.Body), theirs) is { } merged)
                return mine with { Body = merged };
            conflict = SyncAnswer.Conflicting(id, @base is null ? null : new { body = @base }, write.Data, item.ToItem(theirs), item.Version);
            return null;
        });
        if (conflict is not null)
            return conflict;
        if (!outcome.Failed(out var problem, out var changed))
            return SyncAnswer.Done(id, changed.Item.Version, changed.Item.ToItem(changed.Body), isMerged);
        return problem.Code == ProblemCode.NotFound && await IsTrashedAsync(id, user, cancellationToken)
            ? SyncAnswer.Conflicting(id, await BaseAsync(write, id, cancellationToken), write.Data, theirs: null, version: 0)
            : SyncAnswer.Refused(problem);
    }

    private async Task<SyncAnswer> DeleteAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (id, user) = (write.RequireResourceId(), write.Caller.UserId);
        var outcome = await DeleteContent.RunAsync(id, write.Base, user, write.Id, database, clock, cancellationToken);
        if (!outcome.Failed(out var problem, out var trashed))
            return SyncAnswer.Done(id, trashed.Version, trashed.ToSummary());
        if (problem.Code == ProblemCode.PreconditionFailed && await GetContent.FindAsync(database, id, user, cancellationToken) is var (theirs, body))
            return SyncAnswer.Conflicting(id, await BaseAsync(write, id, cancellationToken), mine: null, theirs.ToItem(body), theirs.Version);
        // Somebody else did what was to be done.
        return problem.Code == ProblemCode.NotFound && await IsTrashedAsync(id, user, cancellationToken)
            ? SyncAnswer.Done(id, write.Base ?? 0, new { id }, isMerged: true)
            : SyncAnswer.Refused(problem);
    }

    private async Task<bool> IsTrashedAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        await GetContent.FindAsync(database, id, userId, cancellationToken, isInTrash: true) is not null;

    /// <summary>What the change was made on, as far as it is still to be seen.</summary>
    private async Task<object?> BaseAsync(SyncWrite write, Guid id, CancellationToken cancellationToken) =>
        write.Base is { } version ? await GetRevision.FindAsync(database, id, version, write.Caller.UserId, cancellationToken) : null;
}
