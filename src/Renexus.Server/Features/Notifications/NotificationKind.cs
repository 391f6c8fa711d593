namespace Renexus.Server.Features.Notifications;

/// <summary>A kind of thing that people are told of.</summary>
/// <param name="Name">As stored and on the wire.</param>
/// <param name="Title">What people choose by.</param>
/// <param name="Email">Whether a mail comes, unless somebody chose otherwise: <see cref="Now"/>, <see cref="Digest"/> or <see cref="Off"/>.</param>
internal sealed record NotificationKind(string Name, string Title, string Email)
{
    public const string Now = "now";
    public const string Digest = "digest";
    public const string Off = "off";

    public static readonly NotificationKind Mention = new("mention", "Somebody mentions you", Now);
    public static readonly NotificationKind Reply = new("reply", "Somebody answers you", Digest);
    public static readonly NotificationKind Added = new("workspace.added", "You are added to a workspace", Now);
    public static readonly NotificationKind Joined = new("workspace.joined", "Somebody accepts your invitation", Digest);
    public static readonly NotificationKind Role = new("workspace.role", "Your role in a workspace changes", Now);
    public static readonly NotificationKind Removed = new("workspace.removed", "You are taken out of a workspace", Now);

    public static readonly NotificationKind ContentAssigned = new("content.assigned", "Content becomes your task", Now);
    public static readonly NotificationKind ContentReview = new("content.review", "Content waits for your approval", Now);
    public static readonly NotificationKind ContentApproved = new("content.approved", "Your content is approved", Digest);
    public static readonly NotificationKind ContentVoided = new("content.voided", "Content you approved is changed", Now);
    public static readonly NotificationKind ContentComment = new("content.comment", "Somebody comments on your content", Digest);

    public static readonly NotificationKind Export = new("workspace.export", "A workspace you export is ready", Now);

    /// <summary>Its mails are the account's own (<c>AccountMails</c>), which always go out; here it only appears in the app.</summary>
    public static readonly NotificationKind Security = new("security", "The safety of your account", Off) { IsFixed = true };

    public static readonly IReadOnlyList<NotificationKind> All = [Mention, Reply, Added, Joined, Role, Removed, ContentAssigned, ContentReview, ContentApproved, ContentVoided, ContentComment, Export, Security];

    /// <summary>Nobody chooses not to hear of it.</summary>
    public bool IsFixed { get; init; }

    public static NotificationKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);
}
