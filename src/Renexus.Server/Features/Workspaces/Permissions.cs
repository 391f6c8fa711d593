using System.Collections.Frozen;
using Renexus.Contracts;

namespace Renexus.Server.Features.Workspaces;

/// <summary>What somebody may do in a workspace.</summary>
internal enum Permission
{
    SeeWorkspace,
    RenameWorkspace,
    DeleteWorkspace,
    SeeMembers,
    ManageMembers,
    ManageOwners,
}

/// <summary>
/// Who may do what (OR-1): the one place. Statements take <see cref="RolesFor"/> as a parameter of their <c>where</c>, so that the
/// check and the deed see the same rows; a person without a membership is a stranger and finds nothing at all.
/// </summary>
internal static class Permissions
{
    private static readonly string[] Everybody = [Roles.Owner, Roles.Admin, Roles.Editor, Roles.Viewer];
    private static readonly string[] Administrators = [Roles.Owner, Roles.Admin];
    private static readonly string[] Owners = [Roles.Owner];

    private static readonly FrozenDictionary<Permission, string[]> Table = new Dictionary<Permission, string[]>
    {
        [Permission.SeeWorkspace] = Everybody,
        [Permission.RenameWorkspace] = Administrators,
        [Permission.DeleteWorkspace] = Owners,
        [Permission.SeeMembers] = Everybody,
        // Adding, inviting, changing and removing admins, editors and viewers. Leaving needs no permission.
        [Permission.ManageMembers] = Administrators,
        // The same where an owner is made, changed or removed.
        [Permission.ManageOwners] = Owners,
    }.ToFrozenDictionary();

    /// <summary>The roles that may, for the <c>where</c> of a statement.</summary>
    public static string[] RolesFor(Permission permission) => Table[permission];

    public static bool Allows(string role, Permission permission) => Table[permission].Contains(role, StringComparer.Ordinal);

    /// <summary>What it takes to give or take this role.</summary>
    public static Permission ToManage(string role) =>
        string.Equals(role, Roles.Owner, StringComparison.Ordinal) ? Permission.ManageOwners : Permission.ManageMembers;
}
