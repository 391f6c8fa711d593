using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Logging in asks for the password alone again; the recovery codes go too. Again is nothing.</summary>
internal static class DisableTotp
{
    private static readonly Query<bool> Remove = new("accounts.disable_totp", """
        delete from accounts.totp where user_id = $1 returning confirmed_at is not null as was_on
        """);

    public static async Task<NoContent> HandleAsync(
        Caller caller, Database database, FactorNews news, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var wasOn = await work.QueryFirstAsync(Remove, [caller.UserId], cancellationToken);
        if (wasOn)
        {
            work.RecordPersonal(AuditActions.TotpRemoved, caller.UserId, resourceId: null);
            await news.TellAsync(work, caller.UserId, FactorNews.TotpOff, cancellationToken);
        }

        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.NoContent();
    }
}
