using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>A key by which a program comes in for the caller (AU-9). The key itself is in <see cref="NewApiKey"/> alone.</summary>
/// <param name="Id">What to revoke it by.</param>
/// <param name="Name">What it is for, in its owner's words.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Prefix">Its first characters.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to the minute.</param>
public sealed record ApiKey(
    Guid Id,
    string Name,
    string[] Scopes,
    string Prefix,
    DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastUsedAt);

/// <summary>A key that was made just now (AU-9).</summary>
/// <param name="Id">What to revoke it by.</param>
/// <param name="Name">What it is for, in its owner's words.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Prefix">Its first characters.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">Null: nobody has used it.</param>
/// <param name="Key">The key, for <c>Authorization: Bearer</c>, shown this once.</param>
public sealed record NewApiKey(
    Guid Id,
    string Name,
    string[] Scopes,
    string Prefix,
    DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastUsedAt,
    string Key);

/// <summary>The caller's keys, the newest first (AU-9).</summary>
/// <param name="Items">All that were not revoked; they are few.</param>
public sealed record ApiKeys(IReadOnlyList<ApiKey> Items);

/// <summary>Makes a key (AU-9).</summary>
public sealed record CreateApiKeyRequest
{
    /// <summary>1 to 100 characters on one line.</summary>
    [Required, StringLength(100), SingleLine]
    public string? Name { get; init; }

    /// <summary>What it may do, such as <c>read</c> or <c>threads:write</c>; docs/security/keys.md has them all.</summary>
    [Required, Length(1, 50)]
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When it ends by itself: within a year.</summary>
    [Required]
    public DateTimeOffset? ExpiresAt { get; init; }
}
