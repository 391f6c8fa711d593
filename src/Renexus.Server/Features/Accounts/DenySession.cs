using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts;

/// <summary>Ends the log-in that a mail told of, for whoever reads that mailbox: no password is needed to say "this was not me".</summary>
internal static class DenySession
{
    private sealed record Denied(Guid SessionId);

    private static readonly Query<Denied> Use = new("accounts.deny_session", """
        update accounts.link set used_at = $3
        where hash = $1 and user_id = $2 and purpose = 'deny' and used_at is null and expires_at > $3
        returning session_id
        """);

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        DenySessionRequest request, HttpContext context, Database database, Links links, SessionEndings endings,
        TimeProvider clock, ILogger<Program> logger, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(request.Token, Links.Deny, cancellationToken) is not var (userId, hash))
            return VerifyEmail.Gone;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        if (await work.QueryFirstAsync(Use, [hash, userId, now], cancellationToken) is not { } denied)
            return VerifyEmail.Gone;

        await endings.EndAsync(work, userId, denied.SessionId, SessionEndings.Denied, actor: null, cancellationToken);
        await KnownDevices.ForgetAsync(work, userId, denied.SessionId, cancellationToken);
        await work.CommitAsync(now);

        logger.SessionDenied(userId, denied.SessionId, LogIns.AddressOf(context));
        return TypedResults.NoContent();
    }
}
