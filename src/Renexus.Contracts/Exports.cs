using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>An archive of a workspace, made or in the making (WH-3).</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="WorkspaceId">Of which workspace.</param>
/// <param name="JobId">The job that makes it; its progress and its end come on the own channel of whoever asked for it.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>ready</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="RequestedBy">Who asked for it; null when that person's account is gone.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Until when it is kept.</param>
public sealed record WorkspaceExport(
    Guid Id,
    Guid WorkspaceId,
    Guid JobId,
    string State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? RequestedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>The name of who asked for it.</summary>
    public string? RequestedByName { get; init; }

    /// <summary>How far it is, in percent, while it is <c>running</c>.</summary>
    public int? Progress { get; init; }

    /// <summary>What is being written.</summary>
    public string? Note { get; init; }

    /// <summary>Why it failed; or, while it waits to be tried again, why the last try did.</summary>
    public string? Error { get; init; }

    /// <summary>How large the archive is.</summary>
    public long? Bytes { get; init; }

    /// <summary>How many items each of its files holds.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    /// <summary>When it was made: it shows the workspace as it was shortly before.</summary>
    public DateTimeOffset? ReadyAt { get; init; }
}

/// <summary>Where an archive can be downloaded for a while, by whoever has the address: it is a secret.</summary>
/// <param name="Url">A path of the server.</param>
/// <param name="ExpiresAt">Until when a download can begin.</param>
public sealed record ExportLink(string Url, DateTimeOffset ExpiresAt);
