using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class GetMe
{
    internal static readonly Query<User> ById = new("accounts.user_by_id", """
        select id, email, email_verified_at is not null as email_verified, name, is_operator, version, created_at, updated_at
        from accounts.user_account
        where id = $1
        """);

    public static async Task<Results<Ok<User>, ProblemHttpResult>> HandleAsync(
        Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        var user = await database.QueryFirstAsync(Scope.Of(caller.UserId), ById, [caller.UserId], cancellationToken);
        if (user is null)
            return Problems.NotFound("account");

        response.SetVersion(user.Version);
        return TypedResults.Ok(user);
    }
}
