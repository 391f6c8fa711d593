using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Content items (CO-1): their text, review, history and comments. Changes arrive on <c>content:ID</c>, and on <c>workspace:ID</c> for lists.</summary>
public sealed class ContentApi
{
    private readonly ApiConnection api;

    internal ContentApi(ApiConnection api) => this.api = api;

    /// <summary>One page of a workspace's items, last changed first, without their texts.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="status">Only with this one of <see cref="ContentStatuses"/>.</param>
    /// <param name="label">Only with this label.</param>
    /// <param name="assignee">Only this person's.</param>
    /// <param name="inTrash">What is in the trash, in place of the rest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cursor">Of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ContentItem>> ListAsync(
        Guid workspaceId, string? status = null, string? label = null, Guid? assignee = null, bool inTrash = false, int? limit = null, string? cursor = null,
        CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query(
                $"api/workspaces/{workspaceId}/content", ("status", status), ("label", label), ("assignee", assignee), ("trash", inTrash ? "true" : null), ("limit", limit),
                ("cursor", cursor)),
            ContractsJson.Lenient.PageContentItem,
            cancellationToken);

    /// <summary>All of them, page by page.</summary>
    public IAsyncEnumerable<ContentItem> ListAllAsync(Guid workspaceId, CancellationToken cancellationToken = default) =>
        api.GetAllAsync($"api/workspaces/{workspaceId}/content", ContractsJson.Lenient.PageContentItem, cancellationToken);

    /// <summary>Makes an item; it has an id of its own, so that repeating the call makes one item.</summary>
    public Task<ContentItem> CreateAsync(Guid workspaceId, CreateContentRequest item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        return api.SendAsync(
            HttpMethod.Post, $"api/workspaces/{workspaceId}/content", item with { Id = item.Id ?? Guid.CreateVersion7() }, ContractsJson.Lenient.CreateContentRequest,
            ContractsJson.Lenient.ContentItem, cancellationToken);
    }

    /// <summary>One item with its text.</summary>
    public Task<ContentItem> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/content/{id}", ContractsJson.Lenient.ContentItem, cancellationToken);

    /// <summary>Changes an item: its fields, its whole text, its status.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="change">What shall be different; <see cref="Optional{T}"/> tells null from absent.</param>
    /// <param name="version">Only if it is still at this version; else <see cref="ProblemCodes.PreconditionFailed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ContentItem> PatchAsync(Guid id, PatchContentRequest change, long? version = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch, $"api/content/{id}", change, ContractsJson.Lenient.PatchContentRequest, ContractsJson.Lenient.ContentItem, cancellationToken, version);

    /// <summary>Approves exactly what was read.</summary>
    public Task<ContentItem> ApproveAsync(ContentItem read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        return PatchAsync(read.Id, new PatchContentRequest { Status = ContentStatuses.Approved, Hash = read.Hash }, read.Version, cancellationToken);
    }

    /// <summary>Puts an item into the trash.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/content/{id}", null, cancellationToken);

    /// <summary>Removes an item that is in the trash for good, with its history; admins may.</summary>
    public Task RemoveAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/content/{id}?permanently=true", null, cancellationToken);

    /// <summary>Brings an item back from the trash.</summary>
    public Task<ContentItem> RestoreAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.PostAsync($"api/content/{id}/restore", ContractsJson.Lenient.ContentItem, cancellationToken);

    /// <summary>Makes a draft of a file of Markdown, with or without front matter.</summary>
    public Task<ContentItem> ImportAsync(Guid workspaceId, ImportContentRequest file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return api.SendAsync(
            HttpMethod.Post, $"api/workspaces/{workspaceId}/content/import", file with { Id = file.Id ?? Guid.CreateVersion7() }, ContractsJson.Lenient.ImportContentRequest,
            ContractsJson.Lenient.ContentItem, cancellationToken);
    }

    /// <summary>Makes a draft of a ZIP archive: one file of Markdown, and the media that it refers to.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="archive">From where it stands; one that can be wound back is sent again should a token have run out. It is closed afterwards.</param>
    /// <param name="id">It shall have; the same id again is the same item.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ContentItem> ImportArchiveAsync(Guid workspaceId, Stream archive, Guid? id = null, CancellationToken cancellationToken = default)
    {
        var body = new StreamContent(archive) { Headers = { ContentType = new("application/zip") } };
        return api.SendAsync(
            HttpMethod.Post, ApiConnection.Query($"api/workspaces/{workspaceId}/content/import", ("id", id ?? Guid.CreateVersion7())), body, ContractsJson.Lenient.ContentItem,
            cancellationToken);
    }

    /// <summary>Writes an item as a file of Markdown, or as a ZIP archive with its media.</summary>
    public Task ExportAsync(Guid id, Stream target, bool withMedia = false, CancellationToken cancellationToken = default) =>
        api.DownloadAsync(ApiConnection.Query($"api/content/{id}/export", ("media", withMedia ? "true" : null)), target, cancellationToken);

    /// <summary>One page of an item's history, newest first.</summary>
    public Task<Page<ContentRevision>> ListRevisionsAsync(Guid id, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query($"api/content/{id}/revisions", ("limit", limit), ("cursor", cursor)), ContractsJson.Lenient.PageContentRevision, cancellationToken);

    /// <summary>An item as it was after a revision.</summary>
    public Task<ContentRevisionDetails> GetRevisionAsync(Guid id, long n, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/content/{id}/revisions/{n}", ContractsJson.Lenient.ContentRevisionDetails, cancellationToken);

    /// <summary>Makes an item what it was after a revision, as a change like any other.</summary>
    public Task<ContentItem> RestoreRevisionAsync(Guid id, long n, CancellationToken cancellationToken = default) =>
        api.PostAsync($"api/content/{id}/revisions/{n}/restore", ContractsJson.Lenient.ContentItem, cancellationToken);

    /// <summary>One page of the comments on an item, oldest first, where they are now.</summary>
    public Task<Page<ContentComment>> ListCommentsAsync(Guid id, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query($"api/content/{id}/comments", ("limit", limit), ("cursor", cursor)), ContractsJson.Lenient.PageContentComment, cancellationToken);

    /// <summary>Comments on a stretch of the text; the answer names the thread that it opens.</summary>
    public Task<ContentComment> CommentAsync(Guid id, CreateCommentRequest comment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(comment);
        return api.SendAsync(
            HttpMethod.Post, $"api/content/{id}/comments", comment with { Id = comment.Id ?? Guid.CreateVersion7() }, ContractsJson.Lenient.CreateCommentRequest,
            ContractsJson.Lenient.ContentComment, cancellationToken);
    }

    /// <summary>Says that a comment is done, or that it is not.</summary>
    public Task<ContentComment> ResolveCommentAsync(Guid commentId, bool isResolved, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch, $"api/comments/{commentId}", new PatchCommentRequest { Resolved = isResolved }, ContractsJson.Lenient.PatchCommentRequest,
            ContractsJson.Lenient.ContentComment, cancellationToken);

    /// <summary>Deletes a comment with its thread.</summary>
    public Task DeleteCommentAsync(Guid commentId, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/comments/{commentId}", null, cancellationToken);
}
