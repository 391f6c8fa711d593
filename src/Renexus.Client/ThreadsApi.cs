using System.Net.Http.Json;
using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Threads of a workspace (TH-1) and read markers (TH-4).</summary>
public sealed class ThreadsApi
{
    private readonly ApiConnection api;

    internal ThreadsApi(ApiConnection api) => this.api = api;

    /// <summary>One page of the threads this person may see.</summary>
    public Task<Page<ThreadInfo>> ListAsync(
        Guid workspaceId, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query($"api/workspaces/{workspaceId}/threads", ("limit", limit), ("cursor", cursor)),
            ContractsJson.Lenient.PageThreadInfo,
            cancellationToken);

    /// <summary>All of them, page by page.</summary>
    public IAsyncEnumerable<ThreadInfo> ListAllAsync(Guid workspaceId, CancellationToken cancellationToken = default) =>
        api.GetAllAsync($"api/workspaces/{workspaceId}/threads", ContractsJson.Lenient.PageThreadInfo, cancellationToken);

    /// <summary>Begins a thread.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="title">1 to 200 characters.</param>
    /// <param name="participants">Who takes part, besides oneself; null means everybody.</param>
    /// <param name="id">The id it shall have; repeating the call with the same id makes one thread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ThreadInfo> CreateAsync(
        Guid workspaceId, string title, IReadOnlyList<Guid>? participants = null, Guid? id = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Post,
            $"api/workspaces/{workspaceId}/threads",
            new CreateThreadRequest { Id = id ?? Guid.CreateVersion7(), Title = title, Participants = participants },
            ContractsJson.Lenient.CreateThreadRequest,
            ContractsJson.Lenient.ThreadInfo,
            cancellationToken);

    /// <summary>One thread; its <see cref="ThreadInfo.Head"/> is where to subscribe from.</summary>
    public Task<ThreadInfo> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/threads/{id}", ContractsJson.Lenient.ThreadInfo, cancellationToken);

    /// <summary>Renames, archives or unarchives a thread.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="change">What shall be different.</param>
    /// <param name="version">Only if it is still at this version; else <see cref="ProblemCodes.PreconditionFailed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ThreadInfo> PatchAsync(
        Guid id, PatchThreadRequest change, long? version = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch,
            $"api/threads/{id}",
            change,
            ContractsJson.Lenient.PatchThreadRequest,
            ContractsJson.Lenient.ThreadInfo,
            cancellationToken,
            version);

    /// <summary>Deletes a thread with its messages.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/threads/{id}", null, cancellationToken);

    /// <summary>Moves the read marker up to a message's version; not back.</summary>
    public Task MarkReadAsync(Guid id, long version, CancellationToken cancellationToken = default) =>
        MoveMarkerAsync(id, version, back: null, cancellationToken);

    /// <summary>Moves the read marker back, so that what comes after this version is unread again.</summary>
    public Task MarkUnreadAfterAsync(Guid id, long version, CancellationToken cancellationToken = default) =>
        MoveMarkerAsync(id, version, back: true, cancellationToken);

    /// <summary>What this person has begun to write there; empty, with version 0, when nothing ever was.</summary>
    public Task<Draft> GetDraftAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/threads/{id}/draft", ContractsJson.Lenient.Draft, cancellationToken);

    /// <summary>Keeps what was begun, on all devices of this person. A draft with an empty body and no answered message is gone.</summary>
    /// <param name="id">The thread.</param>
    /// <param name="draft">All of it.</param>
    /// <param name="version">Only if it is still at this version; else <see cref="ProblemCodes.PreconditionFailed"/> with the one that stands.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Draft> PutDraftAsync(Guid id, PutDraftRequest draft, long? version = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Put, $"api/threads/{id}/draft", draft, ContractsJson.Lenient.PutDraftRequest, ContractsJson.Lenient.Draft, cancellationToken, version);

    /// <summary>One page of this person's drafts, last changed first.</summary>
    public Task<Page<Draft>> ListDraftsAsync(int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(ApiConnection.Query("api/me/drafts", ("limit", limit), ("cursor", cursor)), ContractsJson.Lenient.PageDraft, cancellationToken);

    private Task MoveMarkerAsync(Guid id, long version, bool? back, CancellationToken cancellationToken) =>
        api.SendAsync(
            HttpMethod.Post,
            $"api/threads/{id}/read",
            JsonContent.Create(new MarkReadRequest { Version = version, Back = back }, ContractsJson.Lenient.MarkReadRequest),
            cancellationToken);
}
