namespace Renexus.Server.Features.Workspaces;

/// <summary>Changes of who may do what carry their OWASP vocabulary name (SEC-AUD-06).</summary>
internal static partial class WorkspacesLog
{
    [LoggerMessage(2201, LogLevel.Information, "Workspace {WorkspaceId} was deleted by {Actor}")]
    public static partial void WorkspaceDeleted(this ILogger logger, Guid workspaceId, Guid actor);

    [LoggerMessage(2202, LogLevel.Information, "{UserId} joined workspace {WorkspaceId} as {Role}, added by {Actor} (privilege_permissions_changed)")]
    public static partial void MemberAdded(this ILogger logger, Guid workspaceId, Guid userId, string role, Guid actor);

    [LoggerMessage(2203, LogLevel.Information, "{UserId} is {Role} in workspace {WorkspaceId} now, by {Actor} (privilege_permissions_changed)")]
    public static partial void MemberChanged(this ILogger logger, Guid workspaceId, Guid userId, string role, Guid actor);

    [LoggerMessage(2204, LogLevel.Information, "{UserId} is out of workspace {WorkspaceId}, by {Actor} (privilege_permissions_changed)")]
    public static partial void MemberRemoved(this ILogger logger, Guid workspaceId, Guid userId, Guid actor);

    [LoggerMessage(2205, LogLevel.Information, "{UserId} joined workspace {WorkspaceId} as {Role}, invited (privilege_permissions_changed)")]
    public static partial void InvitationAccepted(this ILogger logger, Guid workspaceId, Guid userId, string role);

    [LoggerMessage(2206, LogLevel.Information, "Invitation {InvitationId} to workspace {WorkspaceId} was taken back by {Actor}")]
    public static partial void InvitationRevoked(this ILogger logger, Guid workspaceId, Guid invitationId, Guid actor);

    [LoggerMessage(2207, LogLevel.Information, "Workspace {WorkspaceId} belongs to {UserId} now, given by {Actor} (privilege_permissions_changed)")]
    public static partial void WorkspaceTransferred(this ILogger logger, Guid workspaceId, Guid userId, Guid actor);

    [LoggerMessage(2208, LogLevel.Information, "Workspace {WorkspaceId} was restored by {Actor}")]
    public static partial void WorkspaceRestored(this ILogger logger, Guid workspaceId, Guid actor);

    [LoggerMessage(2209, LogLevel.Information, "Workspace {WorkspaceId} was removed with everything in it")]
    public static partial void WorkspaceRemoved(this ILogger logger, Guid workspaceId);

    [LoggerMessage(2210, LogLevel.Information, "{UserId} is {Role} in workspace {WorkspaceId} now, by an organization of {Issuer} (privilege_permissions_changed)")]
    public static partial void OrganizationMemberPut(this ILogger logger, Guid workspaceId, Guid userId, string role, string issuer);

    [LoggerMessage(2211, LogLevel.Information, "{UserId} is out of workspace {WorkspaceId}, by an organization of {Issuer} (privilege_permissions_changed)")]
    public static partial void OrganizationMemberRemoved(this ILogger logger, Guid workspaceId, Guid userId, string issuer);
}
