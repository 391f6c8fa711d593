using System.Collections.Frozen;
using Renexus.Contracts;

namespace Renexus.Server.Gateway;

/// <summary>What somebody may do in a workspace, by role. What hangs on something else as well says so.</summary>
internal enum Permission
{
    SeeWorkspace,
    RenameWorkspace,

    /// <summary>Deleting the workspace, seeing it among the deleted ones, and bringing it back.</summary>
    DeleteWorkspace,

    /// <summary>Making somebody else the owner in one's own place.</summary>
    TransferWorkspace,

    SeeMembers,

    /// <summary>Adding, inviting, changing and removing admins, editors and viewers. Leaving needs no permission.</summary>
    ManageMembers,

    /// <summary>The same where an owner is made, changed or removed.</summary>
    ManageOwners,

    /// <summary>Open invitations: who is about to come, and as what.</summary>
    SeeInvitations,

    /// <summary>Threads one can see and what is in them: a private thread is seen by its participants alone.</summary>
    SeeThreads,

    /// <summary>Opening threads, renaming and archiving them, writing in them, editing and deleting what one wrote.</summary>
    WriteThreads,

    /// <summary>Deleting threads and messages of other people, in threads that one sees.</summary>
    ModerateThreads,

    /// <summary>Content items, their text, history and comments, and the trash.</summary>
    SeeContent,

    /// <summary>Making items, writing in them, putting them up for review, into the trash and back.</summary>
    WriteContent,

    /// <summary>Saying that an item may go out as it is.</summary>
    ApproveContent,

    /// <summary>Removing what is in the trash for good, with its history.</summary>
    DeleteContent,

    /// <summary>Files of the workspace, and of threads that one sees.</summary>
    SeeFiles,

    /// <summary>Uploading files, and removing what one uploaded.</summary>
    UploadFiles,

    /// <summary>Removing files of other people, of threads that one sees.</summary>
    ModerateFiles,

    /// <summary>Searching and exporting the workspace's audit trail, where everybody's deeds and addresses stand.</summary>
    ReadAudit,

    /// <summary>Webhooks: where they lead (addresses hold secrets), what was sent, and changing them.</summary>
    ManageWebhooks,

    /// <summary>Taking the workspace along as a file: everything that everybody in it sees. What is private stays with those it belongs to.</summary>
    ExportWorkspace,
}

/// <summary>
/// Who may do what (OR-1): the one place for every feature. Statements take <see cref="RolesFor"/> as a parameter of their
/// <c>where</c>, so that the check and the deed see the same rows; a person without a membership is a stranger and finds
/// nothing at all. Which operation needs which permission is <see cref="Operations"/>.
/// </summary>
internal static class Permissions
{
    private static readonly string[] Everybody = [Roles.Owner, Roles.Admin, Roles.Editor, Roles.Viewer];
    private static readonly string[] Writers = [Roles.Owner, Roles.Admin, Roles.Editor];
    private static readonly string[] Administrators = [Roles.Owner, Roles.Admin];
    private static readonly string[] Owners = [Roles.Owner];

    private static readonly FrozenDictionary<Permission, string[]> Table = new Dictionary<Permission, string[]>
    {
        [Permission.SeeWorkspace] = Everybody,
        [Permission.RenameWorkspace] = Administrators,
        [Permission.DeleteWorkspace] = Owners,
        [Permission.TransferWorkspace] = Owners,
        [Permission.SeeMembers] = Everybody,
        [Permission.ManageMembers] = Administrators,
        [Permission.ManageOwners] = Owners,
        [Permission.SeeInvitations] = Everybody,
        [Permission.SeeThreads] = Everybody,
        [Permission.WriteThreads] = Writers,
        [Permission.ModerateThreads] = Administrators,
        [Permission.SeeContent] = Everybody,
        [Permission.WriteContent] = Writers,
        [Permission.ApproveContent] = Administrators,
        [Permission.DeleteContent] = Administrators,
        [Permission.SeeFiles] = Everybody,
        [Permission.UploadFiles] = Writers,
        [Permission.ModerateFiles] = Administrators,
        [Permission.ReadAudit] = Administrators,
        [Permission.ManageWebhooks] = Administrators,
        [Permission.ExportWorkspace] = Administrators,
    }.ToFrozenDictionary();

    /// <summary>The roles that may, for the <c>where</c> of a statement.</summary>
    public static string[] RolesFor(Permission permission) => Table[permission];

    public static bool Allows(string role, Permission permission) => Table[permission].Contains(role, StringComparer.Ordinal);

    /// <summary>What it takes to give or take this role.</summary>
    public static Permission ToManage(string role) =>
        string.Equals(role, Roles.Owner, StringComparison.Ordinal) ? Permission.ManageOwners : Permission.ManageMembers;
}
