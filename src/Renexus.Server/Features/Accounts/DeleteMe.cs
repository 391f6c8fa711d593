using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Audit;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Deletes the own account (OR-4). At once nobody can come in by it and nothing tells whose it was; what others depend on stays, by
/// a deleted person, and <see cref="AccountRemoval"/> cuts the rest.
/// </summary>
internal static class DeleteMe
{
    private static readonly Query<bool> Forget = new("accounts.forget", "select accounts.forget($1, $2)");

    // What the person joined while the account was waiting to be locked belongs to the scope too.
    private static readonly Command EnterAgain = new("accounts.enter_again", "select engine.enter($1, null)");

    // The trail keeps its proof, without what tells of the person.
    private static readonly Query<long> EraseTraces = new("accounts.erase_traces", "select engine.erase_audit($1, $2)");

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        IfMatch ifMatch, Caller caller, HttpContext context, Database database, BrowserClient browser, IEnumerable<AccountEnding> endings,
        SessionEndings sessions, JobClient jobs, TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // What is recorded from here on says who, and no longer from where: it is written after the traces are erased.
        Origin.Current = Origin.System with { Actor = caller.UserId };
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (!await work.QueryFirstAsync(Forget, [ifMatch.Version, now], cancellationToken))
        {
            var current = await work.QueryFirstAsync(GetMe.ById, [caller.UserId], cancellationToken);
            return current is null ? Problems.NotFound("account") : Problems.VersionConflict(current);
        }

        await work.ExecuteAsync(EnterAgain, [caller.UserId], cancellationToken);
        foreach (var end in endings)
        {
            if (await end(work, caller.UserId, cancellationToken) is { } problem)
                return TypedResults.Problem(problem);
        }

        await sessions.EndAllAsync(work, caller.UserId, SessionEndings.Revoked, caller.UserId, cancellationToken);
        var entry = Auditing.Entry(AuditActions.AccountDeleted, caller.UserId) with
        {
            Id = Guid.CreateVersion7(now),
            Person = caller.UserId,
            Actor = caller.UserId,
            WithoutOrigin = true,
        };
        await work.QueryFirstAsync(EraseTraces, [caller.UserId, entry.Id!.Value], cancellationToken);
        work.Record(entry);
        await jobs.EnqueueAsync(work, AccountRemoval.Kind, new NoPayload(), cancellationToken, AccountRemoval.Soon);
        await work.CommitAsync(now);

        if (BrowserClient.Asks(context.Request))
            browser.Clear(context);

        logger.AccountDeleted(caller.UserId);
        return TypedResults.NoContent();
    }
}
