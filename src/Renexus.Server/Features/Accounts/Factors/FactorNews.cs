using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Something happened to how a person logs in: what the log calls it, and the mail to the owner.</summary>
internal sealed record FactorEvent(string Name, string Subject, string Sentence);

/// <summary>Tells the owner of an account, who may not be the one who did it, and the log.</summary>
internal sealed class FactorNews(Database database, MailOutbox outbox, Notices notices, RenexusOptions options, TimeProvider clock, ILogger<FactorNews> logger)
{
    public const string Kind = "account.factor_news";

    public static readonly FactorEvent TotpOn = new(
        "authn_factor_added", "Two-step log-in is on", "From now on logging in to your account asks for a code of your authenticator app.");

    public static readonly FactorEvent TotpOff = new(
        "authn_factor_removed", "Two-step log-in is off", "Logging in to your account no longer asks for a code. Your recovery codes are void.");

    public static readonly FactorEvent CodesRenewed = new(
        "authn_factor_changed", "New recovery codes", "New recovery codes were made for your account. The old ones are void.");

    public static readonly FactorEvent CodeUsed = new(
        "authn_recovery_code_used", "A recovery code was used", "Somebody logged in to your account with one of your recovery codes.");

    public static readonly FactorEvent CodesBlocked = new(
        "authn_login_lock",
        "Wrong codes for your account",
        "Somebody who knows your password, or holds one of your log-ins, has sent several wrong codes. For a while no code of your app is taken; a recovery code or a passkey is.");

    public static readonly FactorEvent PasskeyAdded = new(
        "authn_factor_added", "A passkey was added", "From now on a new passkey opens your account.");

    public static readonly FactorEvent PasskeyRemoved = new(
        "authn_factor_removed", "A passkey was removed", "One of your passkeys no longer opens your account.");

    public static readonly FactorEvent PasskeyCopied = new(
        "authn_passkey_counter",
        "A passkey may have been copied",
        "A passkey of yours was used with a counter that had been used before, which is what a copy does. It was not let in. Remove that passkey and make a new one.");

    private sealed record Owner(string Email, string Name);

    private static readonly Query<Owner> OwnerOf = new("accounts.owner_of_factors", """
        select email, name from accounts.user_account where id = $1 and deleted_at is null
        """);

    /// <summary>With the deed, or not at all.</summary>
    public async Task TellAsync(Work work, Guid userId, FactorEvent what, CancellationToken cancellationToken)
    {
        logger.FactorNews(userId, what.Name);
        await outbox.PutAsync(work, Kind, new { userId, what.Subject, what.Sentence, at = clock.GetUtcNow() }, cancellationToken);
        await notices.WarnAsync(work, userId, what.Subject, cancellationToken);
    }

    /// <summary>Of what has no transaction of its own.</summary>
    public async Task TellAsync(Guid userId, FactorEvent what, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        await TellAsync(work, userId, what, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
    }

    public async Task<MailText?> WriteAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        var owner = await database.QueryFirstAsync(Scope.Of(userId), OwnerOf, [userId], cancellationToken);
        return owner is null ? null : new MailText(
            owner.Email,
            data.GetProperty("subject").GetString()!,
            [$"Hello {owner.Name},", data.GetProperty("sentence").GetString()!, $"When: {data.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd HH:mm} UTC"],
            new MailLink("If this was you, there is nothing to do. If not, choose a new password and look at your log-ins", $"{options.PublicUrl}/settings/security"));
    }
}
