using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>The provider opens the account no longer. What is open stays so; it is in the list of log-ins.</summary>
internal static class DisconnectProvider
{
    private sealed record Ways(bool IsConnected, bool HasAnother);

    // Locked: two who take away the last two ways at once would both see the other.
    private static readonly Query<Ways> WaysOf = new("accounts.ways_in", """
        select exists (select from accounts.external_identity i where i.user_id = a.id and i.issuer = $2) as is_connected,
               a.password_hash is not null or a.email_verified_at is not null
                 or exists (select from accounts.passkey k where k.user_id = a.id)
                 or exists (select from accounts.external_identity i where i.user_id = a.id and i.issuer <> $2) as has_another
        from accounts.user_account a where a.id = $1 for update
        """);

    private static readonly Command Disconnect = new("accounts.disconnect_external", "delete from accounts.external_identity where user_id = $1 and issuer = $2");

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string providerId, Caller caller, Database database, SignInProviders providers, IdentityNews news, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (providers.Find(providerId) is not { } provider)
            return Problems.NotFound("provider");

        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await work.QueryFirstAsync(WaysOf, [caller.UserId, provider.Issuer], cancellationToken) is not { IsConnected: true } ways)
            return Problems.NotFound("provider");
        if (!ways.HasAnother)
            return Problems.Conflict($"Nothing but {provider.Name} opens this account. Set a password or add a passkey first, or confirm an email address.");

        await work.ExecuteAsync(Disconnect, [caller.UserId, provider.Issuer], cancellationToken);
        work.RecordPersonal(AuditActions.IdentityUnlinked, caller.UserId, caller.UserId, before: new { issuer = provider.Issuer });
        await news.TellAsync(work, caller.UserId, provider.Name, isConnected: false, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
        return TypedResults.NoContent();
    }
}
