using System.Collections.Frozen;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// What API keys may do (AU-9): the operation, named as in <see cref="Operations"/>, and the scope it takes. What is not here no key does,
/// whatever its scopes: logging in, factors, keys, whatever wants a fresh proof, and whatever somebody forgot to enter.
/// docs/security/keys.md is compared with it, and a test tries every operation of the running server with every scope.
/// </summary>
internal static class KeyScopes
{
    private const string AccountRead = "account:read";
    private const string WorkspacesRead = "workspaces:read";
    private const string WorkspacesAdmin = "workspaces:admin";
    private const string ThreadsRead = "threads:read";
    private const string ThreadsWrite = "threads:write";
    private const string ContentRead = "content:read";
    private const string ContentWrite = "content:write";
    private const string FilesRead = "files:read";
    private const string FilesWrite = "files:write";
    private const string WebhooksRead = "webhooks:read";
    private const string WebhooksAdmin = "webhooks:admin";

    /// <summary>Reading whatever keys may read.</summary>
    public const string Read = "read";

    /// <summary>Reading that, and writing content; not the settings and people of workspaces.</summary>
    public const string Write = "write";

    /// <summary>Any scope at all: what the operation carries, messages or requests or operations, is held to its own each.</summary>
    public const string Any = "any, and that of each part";

    public static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GET /api/me"] = AccountRead,
        ["GET /api/me/preferences"] = AccountRead,
        ["GET /api/notifications"] = AccountRead,
        ["subscribe user"] = AccountRead,

        ["GET /api/events"] = Any,
        ["GET /api/poll"] = Any,
        ["POST /api/send"] = Any,
        ["GET /api/sync"] = Any,
        ["POST /api/sync"] = Any,
        ["POST /api/batch"] = Any,

        ["GET /api/workspaces"] = WorkspacesRead,
        ["GET /api/workspaces/{workspaceId}"] = WorkspacesRead,
        ["GET /api/workspaces/{workspaceId}/members"] = WorkspacesRead,
        ["GET /api/workspaces/{workspaceId}/presence"] = WorkspacesRead,
        ["GET /api/workspaces/{workspaceId}/invitations"] = WorkspacesRead,
        ["subscribe workspace"] = WorkspacesRead,

        ["POST /api/workspaces"] = WorkspacesAdmin,
        ["PATCH /api/workspaces/{workspaceId}"] = WorkspacesAdmin,
        ["POST /api/workspaces/{workspaceId}/members"] = WorkspacesAdmin,
        ["PATCH /api/workspaces/{workspaceId}/members/{userId}"] = WorkspacesAdmin,
        ["DELETE /api/workspaces/{workspaceId}/members/{userId}"] = WorkspacesAdmin,
        ["POST /api/workspaces/{workspaceId}/invitations"] = WorkspacesAdmin,
        ["DELETE /api/workspaces/{workspaceId}/invitations/{invitationId}"] = WorkspacesAdmin,
        ["POST /api/workspaces/{workspaceId}/invitations/{invitationId}/resend"] = WorkspacesAdmin,

        ["GET /api/workspaces/{workspaceId}/webhooks"] = WebhooksRead,
        ["GET /api/workspaces/{workspaceId}/webhooks/events"] = WebhooksRead,
        ["GET /api/webhooks/{webhookId}"] = WebhooksRead,
        ["GET /api/webhooks/{webhookId}/deliveries"] = WebhooksRead,
        ["GET /api/webhooks/{webhookId}/deliveries/{deliveryId}"] = WebhooksRead,
        ["POST /api/workspaces/{workspaceId}/webhooks"] = WebhooksAdmin,
        ["PATCH /api/webhooks/{webhookId}"] = WebhooksAdmin,
        ["DELETE /api/webhooks/{webhookId}"] = WebhooksAdmin,
        ["POST /api/webhooks/{webhookId}/secret"] = WebhooksAdmin,
        ["POST /api/webhooks/{webhookId}/test"] = WebhooksAdmin,
        ["POST /api/webhooks/{webhookId}/deliveries/replay"] = WebhooksAdmin,
        ["POST /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay"] = WebhooksAdmin,

        ["GET /api/workspaces/{workspaceId}/threads"] = ThreadsRead,
        ["GET /api/threads/{threadId}"] = ThreadsRead,
        ["GET /api/threads/{threadId}/messages"] = ThreadsRead,
        ["GET /api/messages/{messageId}"] = ThreadsRead,
        ["GET /api/me/mentions"] = ThreadsRead,
        ["GET /api/me/drafts"] = ThreadsRead,
        ["GET /api/threads/{threadId}/draft"] = ThreadsRead,
        ["GET /api/search"] = ThreadsRead,
        ["subscribe thread"] = ThreadsRead,

        ["GET /api/workspaces/{workspaceId}/files"] = FilesRead,
        ["GET /api/files/{fileId}"] = FilesRead,
        ["GET /api/files/{fileId}/content"] = FilesRead,
        ["POST /api/workspaces/{workspaceId}/files"] = FilesWrite,
        ["PUT /api/files/uploads/{token}"] = FilesWrite,
        ["POST /api/files/{fileId}/complete"] = FilesWrite,
        ["DELETE /api/files/{fileId}"] = FilesWrite,

        ["POST /api/workspaces/{workspaceId}/threads"] = ThreadsWrite,
        ["PATCH /api/threads/{threadId}"] = ThreadsWrite,
        ["DELETE /api/threads/{threadId}"] = ThreadsWrite,
        ["POST /api/threads/{threadId}/read"] = ThreadsWrite,
        ["POST /api/threads/{threadId}/messages"] = ThreadsWrite,
        ["PATCH /api/messages/{messageId}"] = ThreadsWrite,
        ["DELETE /api/messages/{messageId}"] = ThreadsWrite,
        ["PUT /api/threads/{threadId}/draft"] = ThreadsWrite,
        ["POST /api/messages/{messageId}/reactions"] = ThreadsWrite,
        ["DELETE /api/messages/{messageId}/reactions/{emoji}"] = ThreadsWrite,
        ["create thread on workspace"] = ThreadsWrite,
        ["update thread on thread"] = ThreadsWrite,
        ["delete thread on thread"] = ThreadsWrite,
        ["create message on thread"] = ThreadsWrite,
        ["update message on thread"] = ThreadsWrite,
        ["delete message on thread"] = ThreadsWrite,
        ["create reaction on thread"] = ThreadsWrite,
        ["delete reaction on thread"] = ThreadsWrite,
        ["typing on thread"] = ThreadsWrite,

        ["GET /api/workspaces/{workspaceId}/content"] = ContentRead,
        ["GET /api/content/{contentId}"] = ContentRead,
        ["GET /api/content/{contentId}/export"] = ContentRead,
        ["GET /api/content/{contentId}/authorship"] = ContentRead,
        ["GET /api/content/{contentId}/revisions"] = ContentRead,
        ["GET /api/content/{contentId}/revisions/{n}"] = ContentRead,
        ["GET /api/content/{contentId}/comments"] = ContentRead,
        ["subscribe content"] = ContentRead,

        ["POST /api/workspaces/{workspaceId}/content"] = ContentWrite,
        ["POST /api/workspaces/{workspaceId}/content/import"] = ContentWrite,
        ["PATCH /api/content/{contentId}"] = ContentWrite,
        ["DELETE /api/content/{contentId}"] = ContentWrite,
        ["POST /api/content/{contentId}/restore"] = ContentWrite,
        ["POST /api/content/{contentId}/revisions/{n}/restore"] = ContentWrite,
        ["POST /api/content/{contentId}/comments"] = ContentWrite,
        ["PATCH /api/comments/{commentId}"] = ContentWrite,
        ["DELETE /api/comments/{commentId}"] = ContentWrite,
        ["create content on workspace"] = ContentWrite,
        ["update content on content"] = ContentWrite,
        ["delete content on content"] = ContentWrite,
        ["push document on content"] = ContentWrite,
        ["cursor on content"] = ContentWrite,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every scope that a key can be given.</summary>
    public static IReadOnlyList<string> All { get; } = [Read, Write, .. Table.Values.Where(scope => scope != Any).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Why the caller's key may not do this; null when it may, or when a person asks.</summary>
    /// <param name="operation">As in <see cref="Table"/>.</param>
    public static CodedProblem? Refusal(Caller caller, string operation)
    {
        if (caller.Scopes is not { } granted)
            return null;
        if (!Table.TryGetValue(operation, out var needed))
            return new CodedProblem(ProblemCode.Forbidden, "No API key does this; log in.");

        return granted.Any(scope => Covers(scope, needed)) ? null : new CodedProblem(ProblemCode.Forbidden, $"The API key lacks the scope {needed}.");
    }

    /// <summary>Within its area, or in all when it names none, a scope includes the weaker ones: admin, write, read.</summary>
    public static bool Covers(string granted, string needed)
    {
        if (string.Equals(needed, Any, StringComparison.Ordinal))
            return true;
        var (area, level) = Split(granted);
        var (neededArea, neededLevel) = Split(needed);
        return (area.Length == 0 || string.Equals(area, neededArea, StringComparison.Ordinal)) && level >= neededLevel;
    }

    private static (string Area, int Level) Split(string scope)
    {
        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        var level = scope[(colon + 1)..] switch { "read" => 0, "write" => 1, _ => 2 };
        return (colon < 0 ? "" : scope[..colon], level);
    }
}
