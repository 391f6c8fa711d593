using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Files;

/// <summary>A file as somebody sees it.</summary>
/// <param name="StorageKey">What its bytes are called where they lie; nobody outside learns it.</param>
/// <param name="Width">Of a picture that was looked at; so is its height.</param>
/// <param name="Pictures">The smaller ones of it, see <see cref="FilePicture.Read"/>.</param>
/// <param name="Role">Of whoever sees it.</param>
internal sealed record FileRow(
    Guid Id, Guid WorkspaceId, Guid? ThreadId, Guid? CreatedBy, string Name, long Size, string Type, byte[]? Sha256, Guid StorageKey, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? ReadyAt, int? Width, int? Height, string? Pictures, string Role)
{
    /// <summary>The columns of a file called <c>v</c>, but for the role of whoever sees it.</summary>
    public const string Columns = """
        v.id, v.workspace_id, v.thread_id, v.created_by, v.name, v.size, v.type, v.sha256, v.storage_key, v.created_at, v.expires_at, v.ready_at,
        v.width, v.height, v.pictures::text as pictures
        """;

    /// <summary>$1: who sees it.</summary>
    public const string Select = $"select {Columns}, v.role from files.visible v where v.viewer_id = $1 ";

    private static readonly Query<FileRow> ById = new("files.by_id", Select + "and v.id = $2");

    private static readonly Query<string> RoleIn = new("files.role_in", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    public bool IsReady => ReadyAt is not null;

    /// <summary>Where its bytes lie.</summary>
    public StoragePlace Place => new(WorkspaceId, StorageKey);

    public static Task<FileRow?> FindAsync(Work work, Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        work.QueryFirstAsync(ById, [userId, fileId], cancellationToken);

    public static Task<FileRow?> FindAsync(Database database, Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), ById, [userId, fileId], cancellationToken);

    public bool IsOf(Guid userId) => CreatedBy == userId;

    public bool MayComplete(Guid userId) => IsOf(userId) && Permissions.Allows(Role, Permission.UploadFiles);

    public bool MayDelete(Guid userId) => MayComplete(userId) || Permissions.Allows(Role, Permission.ModerateFiles);

    /// <summary>Why somebody may not do this with the files of a workspace; null when they may.</summary>
    public static async Task<ProblemHttpResult?> RefuseAsync(Work work, Guid workspaceId, Guid userId, Permission permission, CancellationToken cancellationToken) =>
        await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken) switch
        {
            null => Problems.NotFound("workspace", workspaceId),
            { } role when Permissions.Allows(role, permission) => null,
            _ => Problems.Forbidden("Viewers read; ask an admin for the role of an editor to upload files."),
        };

    /// <summary>As everybody is told of it, without what only one person may hold.</summary>
    public StoredFile ToInfo() => new(Id, WorkspaceId, Name, Size, Type, IsReady ? "ready" : "pending", CreatedBy, CreatedAt)
    {
        ThreadId = ThreadId,
        Sha256 = Sha256 is null ? null : Convert.ToHexStringLower(Sha256),
        Width = Width,
        Height = Height,
    };
}

/// <summary>Where bytes lie: in the folder of a workspace, under a name that nobody chose and that is nobody else's.</summary>
internal readonly record struct StoragePlace(Guid Folder, Guid Key);
