using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

internal static class RemovePasskey
{
    private static readonly Command Remove = new("accounts.remove_passkey", """
        delete from accounts.passkey where id = $1 and user_id = $2
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid passkeyId, Caller caller, Database database, FactorNews news, CancellationToken cancellationToken)
    {
        if (await database.ExecuteAsync(Scope.Of(caller.UserId), Remove, [passkeyId, caller.UserId], cancellationToken) == 0)
            return Problems.NotFound("passkey", passkeyId);

        await news.TellAsync(caller.UserId, FactorNews.PasskeyRemoved, cancellationToken);
        return TypedResults.NoContent();
    }
}
