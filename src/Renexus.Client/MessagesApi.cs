using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Messages over HTTP (TH-2, TH-3, TH-5). To see them live, and to write through losses of the network, use the real-time client.</summary>
public sealed class MessagesApi
{
    private readonly ApiConnection api;

    internal MessagesApi(ApiConnection api) => this.api = api;

    /// <summary>A page of history, the newest last.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="limit">How many, at most 200.</param>
    /// <param name="before">Only messages with a smaller version: pages backwards.</param>
    /// <param name="after">Only messages with a greater version: pages forwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Message>> ListAsync(
        Guid threadId, int? limit = null, long? before = null, long? after = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query($"api/threads/{threadId}/messages", ("limit", limit), ("before", before), ("after", after)),
            ContractsJson.Lenient.PageMessage,
            cancellationToken);

    /// <summary>Sends a message; with an id of its own the call may be repeated.</summary>
    public Task<Message> PostAsync(Guid threadId, PostMessageRequest message, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Post,
            $"api/threads/{threadId}/messages",
            message with { Id = message.Id ?? Guid.CreateVersion7() },
            ContractsJson.Lenient.PostMessageRequest,
            ContractsJson.Lenient.Message,
            cancellationToken);

    /// <summary>Replaces the body of an own message.</summary>
    public Task<Message> EditAsync(Guid id, string body, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch,
            $"api/messages/{id}",
            new EditMessageRequest { Body = body },
            ContractsJson.Lenient.EditMessageRequest,
            ContractsJson.Lenient.Message,
            cancellationToken);

    /// <summary>Deletes a message.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/messages/{id}", null, cancellationToken);

    /// <summary>One message.</summary>
    public Task<Message> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/messages/{id}", ContractsJson.Lenient.Message, cancellationToken);

    /// <summary>Reacts to a message (TH-3); reacting again with the same emoji is answered with the reaction that stands.</summary>
    public Task<Reaction> ReactAsync(Guid id, string emoji, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Post,
            $"api/messages/{id}/reactions",
            new ReactRequest { Emoji = emoji },
            ContractsJson.Lenient.ReactRequest,
            ContractsJson.Lenient.Reaction,
            cancellationToken);

    /// <summary>Takes the own reaction back; one that is not there is taken back already.</summary>
    public Task RemoveReactionAsync(Guid id, string emoji, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/messages/{id}/reactions/{Uri.EscapeDataString(emoji)}", null, cancellationToken);

    /// <summary>The messages that mention this person, the newest first.</summary>
    /// <param name="workspaceId">Only in this workspace.</param>
    /// <param name="unread">Only those that are not read.</param>
    /// <param name="limit">How many, at most 200.</param>
    /// <param name="cursor">The <see cref="Page{T}.Next"/> of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Mention>> ListMentionsAsync(
        Guid? workspaceId = null, bool unread = false, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query("api/me/mentions", ("workspaceId", workspaceId), ("unread", unread ? "true" : null), ("limit", limit), ("cursor", cursor)),
            ContractsJson.Lenient.PageMention,
            cancellationToken);

    /// <summary>Finds messages and content of a workspace by their words, "phrases", and -what must not occur (TH-5).</summary>
    /// <param name="workspaceId">Where to look.</param>
    /// <param name="text">What to look for.</param>
    /// <param name="limit">How many, at most 200.</param>
    /// <param name="cursor">The <see cref="Page{T}.Next"/> of the page before.</param>
    /// <param name="type">Only one of <see cref="SearchHitTypes"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<SearchHit>> SearchAsync(
        Guid workspaceId, string text, int? limit = null, string? cursor = null, string? type = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query("api/search", ("workspaceId", workspaceId), ("q", text), ("limit", limit), ("cursor", cursor), ("type", type)),
            ContractsJson.Lenient.PageSearchHit,
            cancellationToken);
}
