using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Takes the wish and answers. Whether there is such an account is looked up when the mail is written, so that nothing in
/// the answer, its time included, can depend on it; and until the link is used nothing about the account changes.
/// </summary>
internal static class ForgotPassword
{
    public static async Task<Accepted> HandleAsync(
        ForgotPasswordRequest request, HttpContext context, Database database, MailRequests requests, MailOutbox outbox, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var emailKey = EmailAddress.Key(request.Email!);
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        if (await requests.TryTakeAsync(work, AccountMails.Reset, emailKey, context.Connection.RemoteIpAddress, cancellationToken))
        {
            await outbox.PutAsync(work, AccountMails.Reset, new { emailKey }, cancellationToken);
            // Whose address it is, if anybody's, is not looked up here: that would show in the time it takes.
            work.Record(Auditing.Entry(AuditActions.PasswordResetRequested, resourceId: null, after: new { email = Auditing.Mask(emailKey) }));
            await work.CommitAsync(clock.GetUtcNow());
        }

        return TypedResults.Accepted((string?)null);
    }
}
