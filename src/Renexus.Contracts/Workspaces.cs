using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Renexus.Contracts;

/// <summary>The roles of a workspace (OR-1), from the most to the least that one may do.</summary>
public static class Roles
{
    /// <summary>Everything, deleting the workspace and making owners included. A workspace always has one.</summary>
    public const string Owner = "owner";

    /// <summary>Manages people and settings.</summary>
    public const string Admin = "admin";

    /// <summary>Writes.</summary>
    public const string Editor = "editor";

    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";
}

/// <summary>Where a team's work lives (OR-1).</summary>
/// <param name="Id">UUIDv7; the client may have made it.</param>
/// <param name="Name">1 to 100 characters on one line.</param>
/// <param name="Role">The asking person's role; absent in announcements, which are for everybody.</param>
/// <param name="Version">Counts changes of the workspace itself, not of its members; also its <c>ETag</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Workspace(
    Guid Id,
    string Name,
    string? Role,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>When it was deleted; absent while it lives.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Until when a deleted workspace can be restored; after that it is removed for good.</summary>
    public DateTimeOffset? RestorableUntil { get; init; }
}

/// <summary>Asks for a new workspace; whoever asks becomes its owner.</summary>
public sealed record CreateWorkspaceRequest
{
    /// <summary>The id it shall have; the server makes one when absent. The same id again is the same workspace.</summary>
    public Guid? Id { get; init; }

    /// <summary>1 to 100 characters on one line.</summary>
    [Required, StringLength(100), SingleLine]
    public string? Name { get; init; }
}

/// <summary>Changes a workspace; absent members stay as they are.</summary>
public sealed record PatchWorkspaceRequest
{
    /// <summary>1 to 100 characters on one line.</summary>
    [StringLength(100, MinimumLength = 1), SingleLine]
    public string? Name { get; init; }
}

/// <summary>A person in a workspace (OR-1).</summary>
/// <param name="UserId">The person.</param>
/// <param name="Name">What the person is called.</param>
/// <param name="Email">Where mail reaches the person.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Version">Counts changes of this membership; also its <c>ETag</c>.</param>
/// <param name="CreatedAt">Member since.</param>
public sealed record Member(
    Guid UserId,
    string Name,
    string Email,
    string Role,
    long Version,
    DateTimeOffset CreatedAt);

/// <summary>
/// The same from the person's side, announced as <c>membership</c> on the person's own channel when it begins, changes or ends.
/// </summary>
/// <param name="WorkspaceId">The workspace; also the announcement's resource id.</param>
/// <param name="Name">What the workspace is called.</param>
/// <param name="Role">The person's role; when it has ended, the last one.</param>
public sealed record Membership(Guid WorkspaceId, string Name, string Role);

/// <summary>Brings a person into a workspace by email (OR-1): at once with an account, else by invitation.</summary>
public sealed record AddMemberRequest
{
    /// <summary>The person's address.</summary>
    [Required, EmailSyntax]
    public string? Email { get; init; }

    /// <summary>One of <see cref="Roles"/>.</summary>
    [Required, AllowedValues(Roles.Owner, Roles.Admin, Roles.Editor, Roles.Viewer)]
    public string? Role { get; init; }
}

/// <summary>Gives a member another role.</summary>
public sealed record ChangeMemberRequest
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    [Required, AllowedValues(Roles.Owner, Roles.Admin, Roles.Editor, Roles.Viewer)]
    public string? Role { get; init; }
}

/// <summary>An open invitation (OR-2); its token goes by mail alone.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="WorkspaceId">Where to.</param>
/// <param name="Email">Who.</param>
/// <param name="Role">As what.</param>
/// <param name="InvitedBy">By whom; null when that person's account is gone.</param>
/// <param name="CreatedAt">When it went out.</param>
/// <param name="ExpiresAt">Until when it can be accepted.</param>
public sealed record Invitation(
    Guid Id,
    Guid WorkspaceId,
    string Email,
    string Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? InvitedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt);

/// <summary>What an invitation says to whoever holds its link, before it is accepted (OR-2).</summary>
/// <param name="WorkspaceName">Where to.</param>
/// <param name="Role">As what.</param>
/// <param name="Email">The address it was sent to.</param>
/// <param name="InvitedBy">The name of who invited; null when that person's account is gone.</param>
/// <param name="ExpiresAt">Until when it can be accepted.</param>
public sealed record InvitationPreview(
    string WorkspaceName,
    string Role,
    string Email,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? InvitedBy,
    DateTimeOffset ExpiresAt);

/// <summary>
/// An invitation that was accepted by an account of another address than it was sent to, as the inviter is told on the own channel.
/// </summary>
/// <param name="Id">The invitation.</param>
/// <param name="WorkspaceId">Where to.</param>
/// <param name="Email">Who had been invited.</param>
/// <param name="AcceptedBy">Who came.</param>
public sealed record AcceptedInvitation(Guid Id, Guid WorkspaceId, string Email, Member AcceptedBy);

/// <summary>Makes another member the owner in one's own place (OR-2).</summary>
public sealed record TransferWorkspaceRequest
{
    /// <summary>A member of the workspace; whoever asks becomes an admin.</summary>
    [Required]
    public Guid? UserId { get; init; }
}
