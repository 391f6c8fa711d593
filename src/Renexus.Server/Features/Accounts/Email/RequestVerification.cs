using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>Mails the link again; when there is nothing to prove, or it was asked for too often, the answer is the same.</summary>
internal static class RequestVerification
{
    public static async Task<Accepted> HandleAsync(
        Caller caller, HttpContext context, Database database, MailRequests requests, MailOutbox outbox, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        if (await requests.TryTakeAsync(work, AccountMails.Verify, caller.UserId.ToString(), context.Connection.RemoteIpAddress, cancellationToken))
        {
            await outbox.PutAsync(work, AccountMails.Verify, new { userId = caller.UserId }, cancellationToken);
            work.RecordPersonal(AuditActions.EmailVerificationSent, caller.UserId, caller.UserId);
            await work.CommitAsync(clock.GetUtcNow());
        }

        return TypedResults.Accepted((string?)null);
    }
}
