using Npgsql;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Validation;

namespace Renexus.Server.Features.Files;

/// <summary>Reserves a place for a file against what its workspace and its person may have, and says where its bytes go (FI-1, FI-2). A form brings them along.</summary>
internal static class CreateFile
{
    public const string FormType = "multipart/form-data";

    private static readonly Command Insert = new("files.insert", """
        insert into files.file (id, workspace_id, thread_id, created_by, name, size, type, sha256, storage_key, created_at, expires_at)
        select $1, m.workspace_id, $4, m.user_id, $5, $6, $7, $8, $9, $10, $11
        from workspaces.member m
        where m.workspace_id = $2 and m.user_id = $3 and m.role = any ($12)
          and ($4::uuid is null or exists (select from threads.visible v where v.id = $4 and v.viewer_id = m.user_id and v.workspace_id = m.workspace_id))
        on conflict (id) do nothing
        """);

    private sealed record UsedRow(long OfWorkspace, long OfPerson);

    private static readonly Query<UsedRow> Used = new("files.used", "select of_workspace, of_person from files.used($1, $2)");

    private static readonly Query<string> RoleIn = new("files.role_to_upload", "select m.role from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    /// <param name="storageKey">What its bytes are called; they may be there already.</param>
    public static async Task<Outcome<FileRow>> ReserveAsync(
        Guid workspaceId, CreateFileRequest request, Guid storageKey, Guid userId, Database database, RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var size = request.Size!.Value;
        if (options.Limits.UploadBytes > 0 && size > options.Limits.UploadBytes)
            return new CodedProblem(ProblemCode.PayloadTooLarge, $"A file has at most {options.Limits.UploadBytes} bytes; this one would have {size}.");
        if (FileTypes.Expect(request.Name!, request.Type!, options.Storage).Failed(out var refusal, out var type))
            return refusal;

        var now = clock.GetUtcNow();
        var id = request.Id ?? Guid.CreateVersion7(now);
        await using var work = await database.BeginAsync(Scope.Of(userId), cancellationToken);
        int inserted;
        try
        {
            inserted = await work.ExecuteAsync(
                Insert,
                [
                    id, workspaceId, userId, request.ThreadId, request.Name, size, type, request.Sha256 is { } sha256 ? Convert.FromHexString(sha256) : Arg.NoBytes, storageKey, now,
                    now + options.Storage.UploadLifetime, Permissions.RolesFor(Permission.UploadFiles),
                ],
                cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The id belongs to a file of a workspace that this person does not see.
            return Taken(id);
        }
        if (inserted == 0)
            return await ExplainAsync(work, id, workspaceId, request, userId, cancellationToken);

        var used = (await work.QueryFirstAsync(Used, [workspaceId, userId], cancellationToken))!;
        if (OverQuota(used, size, options.Storage) is { } full)
            return full;
        var file = (await FileRow.FindAsync(work, id, userId, cancellationToken))!;
        await work.CommitAsync(now);
        return file;
    }

    public static async Task<IResult> HandleAsync(
        Guid workspaceId, HttpRequest request, Caller caller, FileReception reception, FileLinks links, Database database, RenexusOptions options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (UploadForm.Is(request))
            return await UploadForm.HandleAsync(workspaceId, request, caller, reception, links, cancellationToken);

        var wanted = await request.ReadFromJsonAsync<CreateFileRequest>(Json.Options, cancellationToken) ?? new CreateFileRequest();
        if (Validation.Check(wanted) is { } invalid)
            return TypedResults.Problem(invalid);
        var outcome = await ReserveAsync(workspaceId, wanted, Guid.NewGuid(), caller.UserId, database, options, clock, cancellationToken);
        return outcome.Failed(out var problem, out var file)
            ? TypedResults.Problem(problem)
            : TypedResults.Created($"/api/files/{file.Id}", reception.Show(file, caller.UserId, request));
    }

    private static async Task<Outcome<FileRow>> ExplainAsync(
        Work work, Guid id, Guid workspaceId, CreateFileRequest request, Guid userId, CancellationToken cancellationToken)
    {
        var role = await work.QueryFirstAsync(RoleIn, [workspaceId, userId], cancellationToken);
        if (role is null)
            return new CodedProblem(ProblemCode.NotFound, $"There is no workspace {workspaceId}.");
        if (!Permissions.Allows(role, Permission.UploadFiles))
            return new CodedProblem(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to upload files.");
        if (await FileRow.FindAsync(work, id, userId, cancellationToken) is { } known)
            return known.WorkspaceId == workspaceId && known.IsOf(userId) && known.Size == request.Size && known.Name == request.Name ? known : Taken(id);
        return request.ThreadId is null ? Taken(id) : Problems.Invalid("threadId", "There is no such thread in this workspace.");
    }

    private static CodedProblem? OverQuota(UsedRow used, long size, StorageOptions options) =>
        options.WorkspaceBytes > 0 && used.OfWorkspace > options.WorkspaceBytes
            ? Full($"The files of this workspace may take {options.WorkspaceBytes} bytes, of which {Math.Max(0, options.WorkspaceBytes - used.OfWorkspace + size)} are left.")
        : options.PersonBytes > 0 && used.OfPerson > options.PersonBytes
            ? Full($"What you upload may take {options.PersonBytes} bytes, of which {Math.Max(0, options.PersonBytes - used.OfPerson + size)} are left.")
        : null;

    private static CodedProblem Full(string sentence) => new(ProblemCode.QuotaExceeded, $"{sentence} Delete files that nobody needs first.");

    private static CodedProblem Taken(Guid id) => new(ProblemCode.Conflict, $"The id {id} belongs to something else; make a new one.");
}
