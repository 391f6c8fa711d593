using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>Something that a person is told.</summary>
/// <param name="Id">Its own; later ones are greater.</param>
/// <param name="Kind">What it tells of: <c>mention</c>, <c>reply</c>, <c>workspace.added</c> …</param>
/// <param name="Title">A sentence.</param>
/// <param name="Body">What was said, in excerpt.</param>
/// <param name="Link">Where it leads: a path of the web client.</param>
/// <param name="WorkspaceId">Where it belongs.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="ActorName">What that person is called.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ReadAt">When it was read, on whatever device.</param>
public sealed record Notification(
    Guid Id, string Kind, string Title, string? Body, string Link, Guid? WorkspaceId, Guid? ActorId, string? ActorName, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt);

/// <summary>A page of notifications, newest first.</summary>
/// <param name="Items">The page.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
/// <param name="Unread">How many are not read, on all pages.</param>
public sealed record NotificationPage(
    IReadOnlyList<Notification> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next, int Unread);

/// <summary>Which are read: those named, else all up to and including one, else all.</summary>
public sealed record ReadNotificationsRequest
{
    /// <summary>At most 200.</summary>
    [MaxLength(200)]
    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>A notification: it and all older ones.</summary>
    public Guid? UpTo { get; init; }
}

/// <summary>On <c>user:ID</c>, resource <c>notificationsRead</c>: what was read, on whatever device.</summary>
/// <param name="Ids">These; null when it was more.</param>
/// <param name="UpTo">Everything up to this one; null with <paramref name="Ids"/>.</param>
/// <param name="At">When.</param>
/// <param name="Unread">How many are left.</param>
public sealed record NotificationsRead(IReadOnlyList<Guid>? Ids, Guid? UpTo, DateTimeOffset At, int Unread);

/// <summary>How a person is told of one kind of thing.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Title">What it tells of, for people.</param>
/// <param name="InApp">Whether it appears in the app.</param>
/// <param name="Email"><c>now</c>, <c>digest</c> or <c>off</c>.</param>
/// <param name="IsFixed">Whether that cannot be chosen: what concerns the safety of the account always comes.</param>
public sealed record NotificationChoice(string Kind, string Title, bool InApp, string Email, bool IsFixed);

/// <summary>When digests are sent.</summary>
/// <param name="Cadence"><c>daily</c> or <c>weekly</c>.</param>
/// <param name="Hour">0 to 23, on the clock of the zone.</param>
/// <param name="Weekday">Of weekly ones: 1 (Monday) to 7.</param>
/// <param name="TimeZone">By its IANA name.</param>
public sealed record DigestInfo(string Cadence, int Hour, int Weekday, string TimeZone);

/// <summary>When digests are to be sent.</summary>
public sealed record DigestTime
{
    /// <summary><c>daily</c> or <c>weekly</c>.</summary>
    [Required, AllowedValues("daily", "weekly", ErrorMessage = "It must be daily or weekly.")]
    public string? Cadence { get; init; }

    /// <summary>0 to 23, on the clock of the zone.</summary>
    [Range(0, 23)]
    public int Hour { get; init; }

    /// <summary>Of weekly ones: 1 (Monday) to 7.</summary>
    [Range(1, 7)]
    public int Weekday { get; init; } = 1;

    /// <summary>By its IANA name.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string? TimeZone { get; init; }
}

/// <summary>How a person is told.</summary>
/// <param name="Kinds">All kinds there are.</param>
/// <param name="Digest">When digests come.</param>
/// <param name="Version">Counts changes of it.</param>
public sealed record NotificationSettings(IReadOnlyList<NotificationChoice> Kinds, DigestInfo Digest, long Version);

/// <summary>What is to be different; what is absent stays.</summary>
public sealed record UpdateNotificationSettingsRequest
{
    /// <summary>Only the kinds named change.</summary>
    [MaxLength(50)]
    public IReadOnlyList<ChooseNotification>? Kinds { get; init; }

    /// <summary>When digests come.</summary>
    public DigestTime? Digest { get; init; }
}

/// <summary>A choice for one kind; what is absent stays.</summary>
public sealed record ChooseNotification
{
    /// <summary>The kind.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string? Kind { get; init; }

    /// <summary>Whether it appears in the app.</summary>
    public bool? InApp { get; init; }

    /// <summary><c>now</c>, <c>digest</c> or <c>off</c>.</summary>
    [AllowedValues(null, "now", "digest", "off", ErrorMessage = "It must be now, digest or off.")]
    public string? Email { get; init; }
}

/// <summary>What a link in a mail has ended.</summary>
/// <param name="Kind">Mails of this kind; absent: digests.</param>
/// <param name="Title">The same for people.</param>
public sealed record Unsubscribed(string? Kind, string Title);
