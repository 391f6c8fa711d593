using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Logging in asks for the password alone again; the recovery codes go too. Again is nothing.</summary>
internal static class DisableTotp
{
    private static readonly Query<bool> Remove = new("accounts.disable_totp", """
        delete from accounts.totp where user_id = $1 returning confirmed_at is not null as was_on
        """);

    public static async Task<NoContent> HandleAsync(Caller caller, Database database, FactorNews news, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(Scope.Of(caller.UserId), Remove, [caller.UserId], cancellationToken))
            await news.TellAsync(caller.UserId, FactorNews.TotpOff, cancellationToken);
        return TypedResults.NoContent();
    }
}
