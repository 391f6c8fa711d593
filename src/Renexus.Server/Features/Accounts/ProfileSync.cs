using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Accounts;

/// <summary>The own profile, changed offline: the name, of which the last writer's stands. The address is not changed this way, for that takes a fresh proof.</summary>
internal sealed class ProfileSync(Database database, IEnumerable<ProfileReaction> reactions, TimeProvider clock) : ISyncResource
{
    public string Name => "user";

    public string? OperationOf(ChangeOp op) => op == ChangeOp.Update ? "PATCH /api/me" : null;

    public async Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var (user, request) = (write.Caller.UserId, write.Read<UpdateMeRequest>());
        if (request.Email is not null)
            return SyncAnswer.Refused(Problems.Invalid("data.email", "The address is changed with PATCH /api/me, by somebody who has just proven who he is."));
        if (write.ResourceId is { } other && other != user)
            return SyncAnswer.Refused(new CodedProblem(ProblemCode.NotFound, "There is no such account of yours."));
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(user), cancellationToken);
        var renamed = await UpdateMe.RenameAsync(work, user, request.Name, ifMatch: null, now, reactions, write.Id, cancellationToken);
        if (renamed is null)
            return SyncAnswer.Refused(new CodedProblem(ProblemCode.NotFound, "There is no such account."));
        await work.CommitAsync(now);
        return SyncAnswer.Done(user, renamed.Version, renamed, isMerged: write.Base is { } version && renamed.Version > version + 1);
    }
}
