using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Workspaces and their members (OR-1).</summary>
public sealed class WorkspacesApi
{
    private readonly ApiConnection api;

    internal WorkspacesApi(ApiConnection api) => this.api = api;

    /// <summary>One page of the workspaces this person is in.</summary>
    public Task<Page<Workspace>> ListAsync(int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query("api/workspaces", ("limit", limit), ("cursor", cursor)), ContractsJson.Lenient.PageWorkspace, cancellationToken);

    /// <summary>All of them, page by page.</summary>
    public IAsyncEnumerable<Workspace> ListAllAsync(CancellationToken cancellationToken = default) =>
        api.GetAllAsync("api/workspaces", ContractsJson.Lenient.PageWorkspace, cancellationToken);

    /// <summary>Makes a workspace and becomes its owner.</summary>
    public Task<Workspace> CreateAsync(string name, Guid? id = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Post,
            "api/workspaces",
            new CreateWorkspaceRequest { Id = id ?? Guid.CreateVersion7(), Name = name },
            ContractsJson.Lenient.CreateWorkspaceRequest,
            ContractsJson.Lenient.Workspace,
            cancellationToken);

    /// <summary>One workspace.</summary>
    public Task<Workspace> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/workspaces/{id}", ContractsJson.Lenient.Workspace, cancellationToken);

    /// <summary>Changes a workspace.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="change">What shall be different.</param>
    /// <param name="version">Only if it is still at this version; else <see cref="ProblemCodes.PreconditionFailed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Workspace> PatchAsync(
        Guid id, PatchWorkspaceRequest change, long? version = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch,
            $"api/workspaces/{id}",
            change,
            ContractsJson.Lenient.PatchWorkspaceRequest,
            ContractsJson.Lenient.Workspace,
            cancellationToken,
            version);

    /// <summary>Deletes a workspace and everything in it.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/workspaces/{id}", null, cancellationToken);

    /// <summary>Everybody in a workspace, page by page.</summary>
    public IAsyncEnumerable<Member> ListMembersAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAllAsync($"api/workspaces/{id}/members", ContractsJson.Lenient.PageMember, cancellationToken);

    /// <summary>Who of a workspace is connected, and when the others were last; to see it live, subscribe to its channel with presence.</summary>
    public async Task<IReadOnlyList<MemberPresence>> GetPresenceAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await api.GetAsync($"api/workspaces/{id}/presence", ContractsJson.Lenient.MemberPresences, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>Brings somebody in by email: at once with an account, else an invitation goes out and the answer is null.</summary>
    /// <param name="id">The workspace.</param>
    /// <param name="email">The person's address.</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Member?> AddMemberAsync(Guid id, string email, string role, CancellationToken cancellationToken = default) =>
        api.SendForCreatedAsync(
            $"api/workspaces/{id}/members",
            new AddMemberRequest { Email = email, Role = role },
            ContractsJson.Lenient.AddMemberRequest,
            ContractsJson.Lenient.Member,
            cancellationToken);

    /// <summary>Gives a member another role.</summary>
    public Task<Member> ChangeMemberAsync(Guid id, Guid userId, string role, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch,
            $"api/workspaces/{id}/members/{userId}",
            new ChangeMemberRequest { Role = role },
            ContractsJson.Lenient.ChangeMemberRequest,
            ContractsJson.Lenient.Member,
            cancellationToken);

    /// <summary>Has an archive of a workspace made (WH-3); it comes as a job, of which the own channel tells.</summary>
    public Task<WorkspaceExport> StartExportAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.PostAsync($"api/workspaces/{id}/exports", ContractsJson.Lenient.WorkspaceExport, cancellationToken);

    /// <summary>The archives of a workspace and how they stand, newest first, page by page.</summary>
    public IAsyncEnumerable<WorkspaceExport> ListExportsAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAllAsync($"api/workspaces/{id}/exports", ContractsJson.Lenient.PageWorkspaceExport, cancellationToken);

    /// <summary>An address that an archive can be downloaded from for a few minutes, by whoever has it. It takes a recent proof of who asks.</summary>
    public Task<ExportLink> GetExportLinkAsync(Guid id, Guid exportId, CancellationToken cancellationToken = default) =>
        api.PostAsync($"api/workspaces/{id}/exports/{exportId}/link", ContractsJson.Lenient.ExportLink, cancellationToken);

    /// <summary>Cancels an archive in the making, or removes one.</summary>
    public Task RemoveExportAsync(Guid id, Guid exportId, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/workspaces/{id}/exports/{exportId}", null, cancellationToken);

    /// <summary>Takes somebody out, or leaves.</summary>
    public Task RemoveMemberAsync(Guid id, Guid userId, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/workspaces/{id}/members/{userId}", null, cancellationToken);
}
