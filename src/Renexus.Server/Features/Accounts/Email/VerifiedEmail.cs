using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// The one rule about addresses that are not proven: where mails go out, or <c>Renexus:Accounts:RequireVerifiedEmail</c> asks for it, such a person
/// works in workspaces, but brings nobody in and publishes nothing. The operations that do ask here.
/// </summary>
internal sealed class VerifiedEmail(RenexusOptions options)
{
    private readonly bool isRequired = options.Accounts.RequireVerifiedEmail ?? options.Email.Host is not null;

    private sealed record State(bool IsVerified);

    private static readonly Query<State> StateOf = new("accounts.is_verified", """
        select exists (select from accounts.user_account where id = $1 and email_verified_at is not null) as is_verified
        """);

    /// <summary>Why this person may not; null when that is no reason. The work is the person's own.</summary>
    public async Task<ProblemHttpResult?> RefuseAsync(Work work, Guid userId, CancellationToken cancellationToken) =>
        !isRequired || (await work.QueryFirstAsync(StateOf, [userId], cancellationToken))!.IsVerified
            ? null
            : Problems.Of(ProblemCode.EmailNotVerified, "Confirm your email address first: open the link in the mail we sent you, or ask for another one.");
}
