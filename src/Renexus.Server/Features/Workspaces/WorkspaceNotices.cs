using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Tells people what others did about where they belong.</summary>
internal sealed class WorkspaceNotices(Notices notices, TimeProvider clock)
{
    public Task AddedAsync(Work work, Guid workspaceId, string workspace, Member member, Guid? actor, CancellationToken cancellationToken) =>
        GiveAsync(work, NotificationKind.Added, workspaceId, member.UserId, $"You are {Article(member.Role)} of {workspace} now", actor, cancellationToken);

    public Task RoleChangedAsync(Work work, Guid workspaceId, string workspace, Member member, Guid? actor, CancellationToken cancellationToken) =>
        GiveAsync(work, NotificationKind.Role, workspaceId, member.UserId, $"In {workspace} you are {Article(member.Role)} now", actor, cancellationToken);

    public Task JoinedAsync(Work work, Guid workspaceId, string workspace, Member member, Guid inviter, CancellationToken cancellationToken) =>
        GiveAsync(work, NotificationKind.Joined, workspaceId, inviter, $"{member.Name} accepted your invitation to {workspace}", member.UserId, cancellationToken);

    /// <summary>Belongs to no workspace: the one it would is out of sight.</summary>
    public Task RemovedAsync(Work work, Guid workspaceId, string workspace, Member member, Guid? actor, CancellationToken cancellationToken) => notices.GiveAsync(
        work, new Notice(NotificationKind.Removed, member.UserId, NewSubject(), $"You no longer belong to {workspace}", "/") { ActorId = actor }, cancellationToken);

    private Task GiveAsync(Work work, NotificationKind kind, Guid workspaceId, Guid userId, string title, Guid? actor, CancellationToken cancellationToken) => notices.GiveAsync(
        work, new Notice(kind, userId, NewSubject(), title, $"/w/{workspaceId}") { WorkspaceId = workspaceId, ActorId = actor }, cancellationToken);

    // Each time is something of its own.
    private Guid NewSubject() => Guid.CreateVersion7(clock.GetUtcNow());

    private static string Article(string role) => role is Roles.Owner or Roles.Admin or Roles.Editor ? $"an {role}" : $"a {role}";
}
