using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A person, as that person sees the own account (OR-3). Others see a <see cref="Member"/>.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Email">As it was written at registration; compared without regard to case.</param>
/// <param name="EmailVerified">Whether the address has been proven (AU-6).</param>
/// <param name="Name">What others see.</param>
/// <param name="IsOperator">Whether this person runs the installation; the first one registered does.</param>
/// <param name="Version">Counts changes of the account; also its <c>ETag</c>.</param>
/// <param name="CreatedAt">When the account was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record User(
    Guid Id,
    string Email,
    bool EmailVerified,
    string Name,
    bool IsOperator,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>Makes an account and logs in (AU-1).</summary>
public sealed record RegisterRequest
{
    /// <summary>Where mail reaches the person; one account for each address.</summary>
    [Required, EmailSyntax]
    public string? Email { get; init; }

    /// <summary>8 to 200 characters of any kind, and not the email address.</summary>
    [Required(AllowEmptyStrings = true), StringLength(200, MinimumLength = 8)]
    public string? Password { get; init; }

    /// <summary>1 to 100 characters on one line.</summary>
    [Required, StringLength(100), SingleLine]
    public string? Name { get; init; }
}

/// <summary>Logs in with email and password (AU-1).</summary>
public sealed record LogInRequest
{
    /// <summary>The address of the account.</summary>
    [Required, StringLength(254)]
    public string? Email { get; init; }

    /// <summary>The password of the account.</summary>
    [Required(AllowEmptyStrings = true), StringLength(200)]
    public string? Password { get; init; }

    /// <summary>What an earlier log-in of this device answered, so that it gets in while strangers are held up; browsers have a cookie.</summary>
    [StringLength(200)]
    public string? DeviceToken { get; init; }

    /// <summary>The second factor, for accounts that have one (AU-7).</summary>
    [StringLength(40)]
    public string? Code { get; init; }

    /// <summary>The same by passkey: the answer to the challenge that came with <c>second_factor_required</c>.</summary>
    public PasskeyProofRequest? Passkey { get; init; }
}

/// <summary>Renews or ends a log-in by its refresh token; browsers send none, theirs is in a cookie (AU-2).</summary>
public sealed record RefreshRequest
{
    /// <summary>The newest refresh token of the log-in.</summary>
    [StringLength(200)]
    public string? RefreshToken { get; init; }
}

/// <summary>A new log-in: who it is and what to go on with (AU-1).</summary>
/// <param name="User">The person.</param>
/// <param name="AccessToken">For <c>Authorization: Bearer</c>; a JWT with <c>sub</c>, <c>iat</c> and <c>exp</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token ends.</param>
/// <param name="RefreshToken">For one renewal; absent for browsers, which get it as a cookie.</param>
public sealed record LoggedIn(User User, string AccessToken, int ExpiresIn, string? RefreshToken)
{
    /// <summary>To keep, and to send along at the next log-in from this device; absent for browsers, which get it as a cookie.</summary>
    public string? DeviceToken { get; init; }
}

/// <summary>A renewed log-in (AU-2).</summary>
/// <param name="AccessToken">For <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token ends.</param>
/// <param name="RefreshToken">For the next renewal; absent for browsers, which get it as a cookie.</param>
public sealed record RenewedTokens(string AccessToken, int ExpiresIn, string? RefreshToken);

/// <summary>One of a person's open log-ins (AU-4).</summary>
/// <param name="Id">What to end it by; also the <c>sid</c> of its access tokens.</param>
/// <param name="Device">Browser and system in words, as far as the client said.</param>
/// <param name="Address">Where it was last used from.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastUsedAt">When it last renewed its tokens.</param>
/// <param name="Current">Whether it is the one that asks; absent in announcements, which are for all of them.</param>
public sealed record LogInSession(
    Guid Id,
    string Device,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Address,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    bool? Current);

/// <summary>A person's open log-ins, the last used first (AU-4).</summary>
/// <param name="Items">All of them; they are few.</param>
public sealed record LogInSessions(IReadOnlyList<LogInSession> Items);

/// <summary>Changes the own profile; absent members stay as they are (OR-3).</summary>
public sealed record UpdateMeRequest
{
    /// <summary>1 to 100 characters on one line.</summary>
    [StringLength(100, MinimumLength = 1), SingleLine]
    public string? Name { get; init; }

    /// <summary>The address to have instead; it becomes the account's when the link mailed to it has been opened.</summary>
    [EmailSyntax]
    public string? Email { get; init; }
}

/// <summary>Asks for a mail with a link that sets the password anew (AU-6).</summary>
public sealed record ForgotPasswordRequest
{
    /// <summary>The address of the account, if there is one.</summary>
    [Required, EmailSyntax]
    public string? Email { get; init; }
}

/// <summary>Sets the password by the link in a mail (AU-6).</summary>
public sealed record ResetPasswordRequest
{
    /// <summary>From the link.</summary>
    [Required, StringLength(200)]
    public string? Token { get; init; }

    /// <summary>As at registration.</summary>
    [Required(AllowEmptyStrings = true), StringLength(200, MinimumLength = 8)]
    public string? Password { get; init; }
}

/// <summary>Changes the own password (AU-6).</summary>
public sealed record ChangePasswordRequest
{
    /// <summary>The one so far, where there is one.</summary>
    [StringLength(200)]
    public string? CurrentPassword { get; init; }

    /// <summary>As at registration.</summary>
    [Required(AllowEmptyStrings = true), StringLength(200, MinimumLength = 8)]
    public string? Password { get; init; }
}

/// <summary>Proves an address by the link in a mail (AU-6).</summary>
public sealed record VerifyEmailRequest
{
    /// <summary>From the link.</summary>
    [Required, StringLength(200)]
    public string? Token { get; init; }
}

/// <summary>Ends a log-in that was not the own by the link in a mail (AU-4).</summary>
public sealed record DenySessionRequest
{
    /// <summary>From the link.</summary>
    [Required, StringLength(200)]
    public string? Token { get; init; }
}
