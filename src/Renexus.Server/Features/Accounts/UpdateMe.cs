using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class UpdateMe
{
    private static readonly Query<User> Update = new("accounts.update_user", """
        update accounts.user_account
        set name = coalesce($2, name), version = version + 1, updated_at = $3
        where id = $1 and ($4::bigint is null or version = $4)
        returning id, email, email_verified_at is not null as email_verified, name, is_operator, version, created_at, updated_at
        """);

    public static async Task<Results<Ok<User>, ProblemHttpResult>> HandleAsync(
        UpdateMeRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database,
        IEnumerable<ProfileReaction> reactions, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var user = await work.QueryFirstAsync(Update, [caller.UserId, request.Name?.Trim(), now, ifMatch.Version], cancellationToken);
        if (user is null)
        {
            var current = await work.QueryFirstAsync(GetMe.ById, [caller.UserId], cancellationToken);
            return current is null ? Problems.NotFound("account") : Problems.VersionConflict(current);
        }

        work.AnnounceToUser(user.Id, ChangeOp.Update, "user", user.Id, user, caller.UserId);
        foreach (var react in reactions)
            await react(work, user, cancellationToken);
        await work.CommitAsync(now);

        response.SetVersion(user.Version);
        return TypedResults.Ok(user);
    }
}
