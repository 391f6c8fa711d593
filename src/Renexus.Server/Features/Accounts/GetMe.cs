using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class GetMe
{
    internal const string Select = """
        select id, email, email_verified_at is not null as email_verified, name, is_operator, version, created_at, updated_at
        from accounts.user_account
        """;

    internal static readonly Query<User> ById = new("accounts.user_by_id", $"{Select} where id = $1");

    public static async Task<Results<JsonAnswer<User>, ProblemHttpResult>> HandleAsync(
        Caller caller, HttpResponse response, UserLoader users, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(caller.UserId, cancellationToken) is not { } user)
            return Problems.NotFound("account");

        response.SetVersion(user.Version);
        return JsonAnswer<User>.Of(user);
    }
}
