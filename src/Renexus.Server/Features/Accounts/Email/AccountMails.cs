using System.Globalization;
using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Writes the mails of accounts when they are sent. Where a link leads is configured: what a request said of its host is not looked at.
/// </summary>
internal sealed class AccountMails(Database database, Links links, RenexusOptions options)
{
    public const string Verify = "account.verify";
    public const string Reset = "account.reset";
    public const string PasswordChanged = "account.password_changed";
    public const string EmailChanged = "account.email_changed";
    public const string TokenReused = "account.token_reused";
    public const string LogInHeld = "account.log_in_held";
    public const string NewDevice = "account.new_device";

    private const string NotYou = "If you do not know what this is about, ignore it: nothing happens without you.";
    private static readonly TimeSpan DenyLifetime = TimeSpan.FromDays(7);

    private sealed record Recipient(string Email, string Name, bool IsVerified, string? Wanted, bool IsTaken);

    private sealed record Found(Guid Id);

    private sealed record Place(string Device, string? Address, DateTimeOffset CreatedAt);

    private static readonly Query<Recipient> RecipientOf = new("accounts.mail_recipient", """
        select a.email, a.name, a.email_verified_at is not null as is_verified, c.email as wanted,
               c.email is not null and exists (select from accounts.person_by_email(c.email_key)) as is_taken
        from accounts.user_account a
        left join accounts.email_change c on c.user_id = a.id
        where a.id = $1 and a.deleted_at is null
        """);

    private static readonly Query<Found> ByEmail = new("accounts.reset_recipient", """
        select id from accounts.person_by_email($1)
        """);

    private static readonly Query<Place> PlaceOf = new("accounts.place_of_session", """
        select device, host(address) as address, created_at from accounts.session where id = $1 and user_id = $2
        """);

    public async Task<MailText?> WriteVerificationAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        if (await FindAsync(userId, cancellationToken) is not { } person || (person.IsVerified && person.Wanted is null))
            return null;

        // Who wants somebody else's address is not told whose it is; its owner hears of the try.
        if (person.IsTaken)
        {
            return new MailText(person.Wanted!, "This address has an account already",
                ["Somebody wanted to use this email address for an account on Renexus. It has one already, so nothing was changed."],
                Notes: [NotYou]);
        }

        var address = person.Wanted ?? person.Email;
        var token = await links.IssueAsync(userId, Links.Verify, address, options.Accounts.VerificationLifetime, session: null, cancellationToken);
        return new MailText(address, "Confirm your email address",
            [$"Hello {person.Name},", "please confirm that this is your email address on Renexus."],
            LinkTo("verify", token, "Open this link to confirm it"),
            [$"It works once, within {Hours(options.Accounts.VerificationLifetime)}.", NotYou]);
    }

    /// <summary>Goes to the address of the account, as it was registered: the one that was typed only finds it.</summary>
    public async Task<MailText?> WriteResetAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var found = await database.QueryFirstAsync(Scope.None, ByEmail, [data.GetProperty("emailKey").GetString()], cancellationToken);
        if (found is null || await FindAsync(found.Id, cancellationToken) is not { } person)
            return null;

        var token = await links.IssueAsync(found.Id, Links.Reset, person.Email, options.Accounts.ResetLifetime, session: null, cancellationToken);
        return new MailText(person.Email, "Set a new password",
            [$"Hello {person.Name},", "somebody, probably you, asked to set a new password for your account on Renexus."],
            LinkTo("reset", token, "Open this link to set it"),
            [$"It works once, within {Hours(options.Accounts.ResetLifetime)}. All devices are logged out then.", NotYou]);
    }

    public async Task<MailText?> WritePasswordChangedAsync(JsonElement data, CancellationToken cancellationToken) =>
        await FindAsync(data.GetProperty("userId").GetGuid(), cancellationToken) is { } person
            ? new MailText(person.Email, "Your password was changed",
                [$"Hello {person.Name},", "the password of your account on Renexus was changed, and your other devices were logged out.",
                 "If that was not you, set a new one right away: choose \"Forgot password\" where you log in."])
            : null;

    /// <summary>To the address that the account had before.</summary>
    public async Task<MailText?> WriteEmailChangedAsync(JsonElement data, CancellationToken cancellationToken) =>
        await FindAsync(data.GetProperty("userId").GetGuid(), cancellationToken) is { } person
            ? new MailText(data.GetProperty("before").GetString()!, "Your email address was changed",
                [$"Hello {person.Name},", $"your account on Renexus has the email address {person.Email} now, and this one no longer.",
                 "If that was not you, turn to whoever runs this Renexus."])
            : null;

    public async Task<MailText?> WriteTokenReusedAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        return await FindAsync(userId, cancellationToken) is { } person && await PlaceAsync(userId, data, cancellationToken) is { } place
            ? new MailText(person.Email, "We ended one of your log-ins",
                [$"Hello {person.Name},",
                 $"the log-in on {place.Device} was used from two places at once, as if somebody had copied it. We ended it; your other devices are not touched.",
                 "Log in again. If you do not know why this happened, change your password too."])
            : null;
    }

    public async Task<MailText?> WriteLogInHeldAsync(JsonElement data, CancellationToken cancellationToken) =>
        await FindAsync(data.GetProperty("userId").GetGuid(), cancellationToken) is { } person
            ? new MailText(person.Email, "Somebody tries to log in to your account",
                [$"Hello {person.Name},",
                 $"there were several tries to log in to your account on Renexus with a wrong password, the last from {AddressIn(data)} at {TimeIn(data)}.",
                 "We let further tries from devices that you have not used before wait, longer each time. Devices that you have logged in with go on working.",
                 "If that was you, wait a little, or choose \"Forgot password\". If it was not, a long password of your own and a second factor keep others out."])
            : null;

    public async Task<MailText?> WriteNewDeviceAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var userId = data.GetProperty("userId").GetGuid();
        var sessionId = data.GetProperty("sessionId").GetGuid();
        if (await FindAsync(userId, cancellationToken) is not { } person || await PlaceAsync(userId, data, cancellationToken) is not { } place)
            return null;

        var token = await links.IssueAsync(userId, Links.Deny, person.Email, DenyLifetime, sessionId, cancellationToken);
        return new MailText(person.Email, "New log-in to your account",
            [$"Hello {person.Name},",
             $"your account on Renexus was logged in to with a device that was not used before: {place.Device}, from {place.Address ?? "an unknown address"}, at {Time(place.CreatedAt)}.",
             "If that was you, there is nothing to do."],
            LinkTo("not-me", token, "If it was not you, open this link to end that log-in"),
            ["Then set a new password: somebody knows the one you have."]);
    }

    private Task<Recipient?> FindAsync(Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), RecipientOf, [userId], cancellationToken);

    private Task<Place?> PlaceAsync(Guid userId, JsonElement data, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), PlaceOf, [data.GetProperty("sessionId").GetGuid(), userId], cancellationToken);

    private MailLink LinkTo(string page, string token, string label) => new(label, $"{options.PublicUrl}/{page}?token={token}");

    private static string AddressIn(JsonElement data) => data.TryGetProperty("address", out var address) ? address.GetString()! : "an unknown address";

    private static string TimeIn(JsonElement data) => Time(data.GetProperty("at").GetDateTimeOffset());

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Hours(TimeSpan lifetime) => lifetime < TimeSpan.FromHours(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{lifetime.TotalMinutes:0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{lifetime.TotalHours:0} hours");
}
