using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>What may prove who somebody is on top of the password (AU-7).</summary>
public static class FactorMethods
{
    /// <summary>Six digits of an authenticator app.</summary>
    public const string Totp = "totp";

    /// <summary>One of the ten recovery codes.</summary>
    public const string Recovery = "recovery";

    /// <summary>A passkey or security key.</summary>
    public const string Passkey = "passkey";
}

/// <summary>
/// Proves anew who the caller is, so that dangerous operations are open for some minutes (AU-7). One of the three is enough, but where a
/// second factor is on the password alone is not.
/// </summary>
public sealed record StepUpRequest
{
    /// <summary>The password of the account.</summary>
    [StringLength(200)]
    public string? Password { get; init; }

    /// <summary>Six digits of the app, or a recovery code.</summary>
    [StringLength(40)]
    public string? Code { get; init; }

    /// <summary>What the authenticator answered to <c>POST /api/auth/passkey/challenge</c>.</summary>
    public PasskeyProofRequest? Passkey { get; init; }
}

/// <summary>An authenticator's answer to a challenge (AU-7).</summary>
public sealed record PasskeyProofRequest
{
    /// <summary>The challenge that was answered; it can be answered once.</summary>
    [Required]
    public Guid? ChallengeId { get; init; }

    /// <summary>The browser's <c>PublicKeyCredential</c> as JSON (WebAuthn Level 3, <c>toJSON</c>).</summary>
    [Required]
    public JsonElement? Credential { get; init; }
}

/// <summary>What to hand to the browser's <c>navigator.credentials</c> (AU-7).</summary>
/// <param name="ChallengeId">Comes back with the answer, within five minutes.</param>
/// <param name="Options">WebAuthn's options as JSON.</param>
public sealed record PasskeyChallenge(Guid ChallengeId, JsonElement Options);

/// <summary>How the caller's account is secured (AU-7).</summary>
/// <param name="Email">The address of the account.</param>
/// <param name="EmailVerified">Whether it has been proven.</param>
/// <param name="HasPassword">Whether one can log in by password.</param>
/// <param name="Totp">Whether logging in asks for a code.</param>
/// <param name="RecoveryCodesLeft">How many recovery codes have not been used.</param>
/// <param name="Passkeys">The oldest first.</param>
public sealed record SecuritySettings(
    string Email, bool EmailVerified, bool HasPassword, bool Totp, int RecoveryCodesLeft, IReadOnlyList<Passkey> Passkeys);

/// <summary>A passkey of the caller (AU-7).</summary>
/// <param name="Id">What to rename or remove it by.</param>
/// <param name="Name">As its owner calls it.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="LastUsedAt">When it last opened the account.</param>
public sealed record Passkey(
    Guid Id, string Name, DateTimeOffset CreatedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastUsedAt);

/// <summary>A seed for an authenticator app, shown this once (AU-7).</summary>
/// <param name="Secret">To type into the app.</param>
/// <param name="Uri">To show as a QR code: <c>otpauth://totp/…</c>.</param>
public sealed record TotpEnrolment(string Secret, string Uri);

/// <summary>Shows that the app holds the seed (AU-7).</summary>
public sealed record ConfirmTotpRequest
{
    /// <summary>Six digits of the app.</summary>
    [Required, StringLength(10)]
    public string? Code { get; init; }
}

/// <summary>Codes for the day the phone is gone, shown this once (AU-7).</summary>
/// <param name="Codes">Ten, each good for one log-in.</param>
public sealed record RecoveryCodes([property: JsonPropertyName("recoveryCodes")] IReadOnlyList<string> Codes);

/// <summary>Adds a passkey (AU-7).</summary>
public sealed record AddPasskeyRequest
{
    /// <summary>The challenge that was answered; it can be answered once.</summary>
    [Required]
    public Guid? ChallengeId { get; init; }

    /// <summary>1 to 100 characters on one line.</summary>
    [Required, StringLength(100), SingleLine]
    public string? Name { get; init; }

    /// <summary>The browser's <c>PublicKeyCredential</c> as JSON (WebAuthn Level 3, <c>toJSON</c>).</summary>
    [Required]
    public JsonElement? Credential { get; init; }
}

/// <summary>Calls a passkey something else (AU-7).</summary>
public sealed record RenamePasskeyRequest
{
    /// <summary>1 to 100 characters on one line.</summary>
    [Required, StringLength(100), SingleLine]
    public string? Name { get; init; }
}
