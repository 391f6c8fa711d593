using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>Tells the owner that a provider opens the account now, or no longer.</summary>
internal sealed class IdentityNews(Database database, MailOutbox outbox, Notices notices)
{
    public const string Kind = "account.identity_news";

    private sealed record Owner(string Email, string Name);

    private static readonly Query<Owner> OwnerOf = new("accounts.owner_of_identity", """
        select email, name from accounts.user_account where id = $1 and deleted_at is null and email not like '%@external.invalid'
        """);

    /// <summary>With the deed, or not at all.</summary>
    public async Task TellAsync(Work work, Guid userId, string provider, bool isConnected, CancellationToken cancellationToken)
    {
        await outbox.PutAsync(work, Kind, new { userId, provider, isConnected }, cancellationToken);
        await notices.WarnAsync(work, userId, isConnected ? $"{provider} opens your account" : $"{provider} no longer opens your account", cancellationToken);
    }

    public async Task<MailText?> WriteAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        if (await database.QueryFirstAsync(Scope.Of(userId), OwnerOf, [userId], cancellationToken) is not { } owner)
            return null;

        var provider = data.GetProperty("provider").GetString()!;
        return data.GetProperty("isConnected").GetBoolean()
            ? new MailText(owner.Email, $"{provider} opens your account",
                [$"Hello {owner.Name},", $"from now on you can sign in to your account on Renexus with {provider}.",
                 "If that was not you, disconnect it under Settings, Security, and set a new password."])
            : new MailText(owner.Email, $"{provider} no longer opens your account",
                [$"Hello {owner.Name},", $"{provider} was disconnected from your account on Renexus.",
                 "If that was not you, set a new password right away: choose \"Forgot password\" where you log in."]);
    }
}
