using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts;

/// <summary>What the accounts keep of a person, for the person's own file (OR-4): everything but secrets and what proves them.</summary>
internal static class OwnAccount
{
    private sealed record LogIn(
        Guid Id, string Device, string UserAgent, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt,
        DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, string? EndedBecause);

    private sealed record Attempt(DateTimeOffset At, string? Address, string Device, string Outcome);

    private sealed record KnownDevice(string Name, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt);

    private sealed record Passkey(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

    private sealed record Key(
        Guid Id, string Name, string Prefix, string[] Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
        DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

    private sealed record Identity(string Issuer, string Subject, DateTimeOffset CreatedAt);

    private static readonly Query<Identity> Identities = new("accounts.own_identities", """
        select issuer, subject, created_at from accounts.external_identity where user_id = $1 order by created_at
        """);

    private static readonly Query<LogIn> LogIns = new("accounts.own_sessions", """
        select id, device, user_agent, host(address) as address, created_at, last_used_at, expires_at, ended_at, ended_because
        from accounts.session
        where user_id = $1
        order by created_at
        """);

    private static readonly Query<Attempt> Attempts = new("accounts.own_attempts", """
        select at, host(address) as address, device, outcome from accounts.login_attempt where user_id = $1 order by at
        """);

    private static readonly Query<KnownDevice> Devices = new("accounts.own_devices", """
        select name, created_at, last_used_at from accounts.device where user_id = $1 order by created_at
        """);

    private static readonly Query<Passkey> Passkeys = new("accounts.own_passkeys", """
        select id, name, created_at, last_used_at from accounts.passkey where user_id = $1 order by created_at
        """);

    private static readonly Query<Key> Keys = new("accounts.own_keys", """
        select id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at
        from accounts.api_key
        where user_id = $1
        order by created_at
        """);

    public static IEnumerable<PersonalData> Export =>
    [
        PersonalData.OneOf("profile", GetMe.ById, user => user),
        PersonalData.OneOf("preferences", GetPreferences.OfUser, preferences => JsonElement.Parse(preferences.Data)),
        PersonalData.ListOf("sessions", LogIns),
        PersonalData.ListOf("logInAttempts", Attempts),
        PersonalData.ListOf("devices", Devices),
        PersonalData.ListOf("identities", Identities),
        PersonalData.ListOf("passkeys", Passkeys),
        PersonalData.ListOf("keys", Keys),
    ];
}
