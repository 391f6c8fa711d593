using static Renexus.Server.Gateway.About;
using static Renexus.Server.Gateway.Permission;

namespace Renexus.Server.Gateway;

/// <summary>What an operation is about, which decides in which relation somebody can stand to it.</summary>
internal enum About
{
    /// <summary>Nothing of anybody's: open also to who is not signed in.</summary>
    Nothing,

    /// <summary>Whoever holds a secret, of a mail or a link that was made for somebody, signed in or not.</summary>
    Token,

    /// <summary>The one who asks, and nobody else's things.</summary>
    Oneself,

    /// <summary>A workspace, its people and settings.</summary>
    InWorkspace,

    /// <summary>A workspace that was deleted and is not yet removed.</summary>
    InDeletedWorkspace,

    /// <summary>A thread or a message in it: of the workspace, or of its participants when it is private.</summary>
    InThread,

    /// <summary>The whole installation: its operators.</summary>
    Installation,

    /// <summary>What can be said on the wire and means nothing: refused to everybody as bad input.</summary>
    Nobody,
}

/// <summary>A row of the table: an operation and what it takes.</summary>
/// <param name="Name">As in the running server: <c>GET /api/me</c>, <c>subscribe thread</c>, <c>create message on thread</c>.</param>
/// <param name="About">What it is about.</param>
/// <param name="Needs">The permission it takes; null when no role is enough.</param>
/// <param name="Own">What is enough for one's own: a message one wrote, a thread one opened, one's own membership.</param>
/// <param name="OfOwners">What it takes instead where an owner is made, changed or removed.</param>
internal sealed record Operation(string Name, About About, Permission? Needs = null, Permission? Own = null, Permission? OfOwners = null);

/// <summary>
/// Every operation of the server and what it takes (SEC-AUTHZ-01): docs/security/authorization.md is written from it, and the tests
/// try every row in every relation on a running server. An operation that is not here fails them.
/// </summary>
internal static class Operations
{
    public static readonly IReadOnlyList<Operation> Rest =
    [
        new("GET /health", Nothing),
        new("GET /health/live", Nothing),
        new("GET /health/ready", Nothing),
        new("GET /ws", Nothing), // and then the hello says who it is
        new("GET /openapi.json", Nothing),
        new("GET /problems/{code}", Nothing),
        new("GET /api/docs", Nothing),
        new("GET /api/docs/reference.css", Nothing),
        new("GET /api/docs/reference.js", Nothing),
        new("POST /api/policy-reports", Nothing),

        new("POST /api/auth/register", Nothing),
        new("POST /api/auth/login", Nothing),
        new("POST /api/auth/refresh", Nothing),
        new("POST /api/auth/logout", Nothing),
        new("POST /api/auth/step-up", Oneself),
        new("POST /api/auth/password/forgot", Nothing),
        new("POST /api/auth/password/reset", Nothing),
        new("POST /api/auth/email/verify", Nothing),
        new("POST /api/auth/email/verification", Oneself),
        new("POST /api/auth/sessions/deny", Nothing),
        new("GET /api/auth/sessions", Oneself),
        new("DELETE /api/auth/sessions", Oneself),
        new("DELETE /api/auth/sessions/{sessionId}", Oneself),

        new("POST /api/auth/passkey/challenge", Nothing),
        new("POST /api/auth/passkey", Nothing),

        new("GET /api/auth/providers", Nothing),
        new("POST /api/auth/providers/{providerId}/begin", Nothing),
        new("POST /api/auth/providers/{providerId}/complete", Nothing),
        new("POST /api/webhooks/clerk", Nothing), // with Clerk's signature
        new("POST /api/auth/providers/{providerId}/connect", Oneself),
        new("POST /api/auth/providers/{providerId}/prove", Oneself),

        new("GET /api/me", Oneself),
        new("PATCH /api/me", Oneself),
        new("DELETE /api/me", Oneself),
        new("GET /api/me/export", Oneself),
        new("PUT /api/me/password", Oneself),
        new("GET /api/me/preferences", Oneself),
        new("PUT /api/me/preferences", Oneself),
        new("GET /api/me/security", Oneself),
        new("POST /api/me/totp", Oneself),
        new("POST /api/me/totp/confirm", Oneself),
        new("DELETE /api/me/totp", Oneself),
        new("POST /api/me/recovery-codes", Oneself),
        new("POST /api/me/passkeys/challenge", Oneself),
        new("POST /api/me/passkeys", Oneself),
        new("PATCH /api/me/passkeys/{passkeyId}", Oneself),
        new("DELETE /api/me/passkeys/{passkeyId}", Oneself),
        new("GET /api/me/identities", Oneself),
        new("DELETE /api/me/identities/{providerId}", Oneself),
        new("GET /api/me/keys", Oneself),
        new("POST /api/me/keys", Oneself),
        new("DELETE /api/me/keys/{keyId}", Oneself),

        new("GET /api/notifications", Oneself),
        new("POST /api/notifications/read", Oneself),
        new("GET /api/notifications/settings", Oneself),
        new("PATCH /api/notifications/settings", Oneself),
        new("GET /api/notifications/unsubscribe", Nothing),
        new("POST /api/notifications/unsubscribe", Nothing), // with a token

        // What they carry is held to the table each.
        new("GET /api/events", Oneself),
        new("GET /api/poll", Oneself),
        new("POST /api/send", Oneself),
        new("GET /api/sync", Oneself),
        new("POST /api/sync", Oneself),
        new("POST /api/batch", Oneself),

        new("GET /api/workspaces", Oneself),
        new("POST /api/workspaces", Oneself),
        new("GET /api/workspaces/{workspaceId}", InWorkspace, SeeWorkspace),
        new("PATCH /api/workspaces/{workspaceId}", InWorkspace, RenameWorkspace),
        new("DELETE /api/workspaces/{workspaceId}", InWorkspace, DeleteWorkspace),
        new("POST /api/workspaces/{workspaceId}/restore", InDeletedWorkspace, DeleteWorkspace),
        new("POST /api/workspaces/{workspaceId}/transfer", InWorkspace, TransferWorkspace),
        new("GET /api/workspaces/{workspaceId}/members", InWorkspace, SeeMembers),
        new("GET /api/workspaces/{workspaceId}/presence", InWorkspace, SeeMembers),
        new("POST /api/workspaces/{workspaceId}/members", InWorkspace, ManageMembers, OfOwners: ManageOwners),
        new("PATCH /api/workspaces/{workspaceId}/members/{userId}", InWorkspace, ManageMembers, OfOwners: ManageOwners),
        new("DELETE /api/workspaces/{workspaceId}/members/{userId}", InWorkspace, ManageMembers, Own: SeeWorkspace, OfOwners: ManageOwners),
        new("POST /api/workspaces/{workspaceId}/invitations", InWorkspace, ManageMembers, OfOwners: ManageOwners),
        new("GET /api/workspaces/{workspaceId}/invitations", InWorkspace, SeeInvitations),
        new("DELETE /api/workspaces/{workspaceId}/invitations/{invitationId}", InWorkspace, ManageMembers, OfOwners: ManageOwners),
        new("POST /api/workspaces/{workspaceId}/invitations/{invitationId}/resend", InWorkspace, ManageMembers, OfOwners: ManageOwners),
        new("GET /api/invitations/{token}", Token),
        new("POST /api/invitations/{token}/accept", Oneself), // with a token

        new("GET /api/workspaces/{workspaceId}/threads", InWorkspace, SeeThreads),
        new("POST /api/workspaces/{workspaceId}/threads", InWorkspace, WriteThreads),
        new("GET /api/threads/{threadId}", InThread, SeeThreads),
        new("PATCH /api/threads/{threadId}", InThread, WriteThreads),
        new("DELETE /api/threads/{threadId}", InThread, ModerateThreads, Own: WriteThreads),
        new("POST /api/threads/{threadId}/read", InThread, SeeThreads),
        new("GET /api/threads/{threadId}/messages", InThread, SeeThreads),
        new("POST /api/threads/{threadId}/messages", InThread, WriteThreads),
        new("GET /api/messages/{messageId}", InThread, SeeThreads),
        new("PATCH /api/messages/{messageId}", InThread, Own: WriteThreads),
        new("DELETE /api/messages/{messageId}", InThread, ModerateThreads, Own: WriteThreads),
        new("POST /api/messages/{messageId}/reactions", InThread, WriteThreads),
        new("DELETE /api/messages/{messageId}/reactions/{emoji}", InThread, WriteThreads), // one's own
        new("GET /api/me/mentions", Oneself),
        new("GET /api/threads/{threadId}/draft", InThread, SeeThreads), // one's own
        new("PUT /api/threads/{threadId}/draft", InThread, WriteThreads),
        new("GET /api/me/drafts", Oneself),
        new("GET /api/search", InWorkspace, SeeThreads),

        new("GET /api/workspaces/{workspaceId}/content", InWorkspace, SeeContent),
        new("POST /api/workspaces/{workspaceId}/content", InWorkspace, WriteContent),
        new("POST /api/workspaces/{workspaceId}/content/import", InWorkspace, WriteContent),
        new("GET /api/content/{contentId}", InWorkspace, SeeContent),
        new("GET /api/content/{contentId}/export", InWorkspace, SeeContent),
        new("PATCH /api/content/{contentId}", InWorkspace, WriteContent), // approving takes ApproveContent
        new("DELETE /api/content/{contentId}", InWorkspace, WriteContent), // for good, DeleteContent
        new("POST /api/content/{contentId}/restore", InWorkspace, WriteContent),
        new("GET /api/content/{contentId}/authorship", InWorkspace, SeeContent),
        new("GET /api/content/{contentId}/revisions", InWorkspace, SeeContent),
        new("GET /api/content/{contentId}/revisions/{n}", InWorkspace, SeeContent),
        new("POST /api/content/{contentId}/revisions/{n}/restore", InWorkspace, WriteContent),
        new("GET /api/content/{contentId}/comments", InWorkspace, SeeContent),
        new("POST /api/content/{contentId}/comments", InWorkspace, WriteContent),
        new("PATCH /api/comments/{commentId}", InWorkspace, WriteContent),
        new("DELETE /api/comments/{commentId}", InWorkspace, ModerateThreads, Own: WriteContent),

        new("GET /api/workspaces/{workspaceId}/audit", InWorkspace, ReadAudit),
        new("GET /api/workspaces/{workspaceId}/audit/export", InWorkspace, ReadAudit),
        new("GET /api/workspaces/{workspaceId}/webhooks", InWorkspace, ManageWebhooks),
        new("GET /api/workspaces/{workspaceId}/webhooks/events", InWorkspace, ManageWebhooks),
        new("POST /api/workspaces/{workspaceId}/webhooks", InWorkspace, ManageWebhooks),
        new("GET /api/webhooks/{webhookId}", InWorkspace, ManageWebhooks),
        new("PATCH /api/webhooks/{webhookId}", InWorkspace, ManageWebhooks),
        new("DELETE /api/webhooks/{webhookId}", InWorkspace, ManageWebhooks),
        new("POST /api/webhooks/{webhookId}/secret", InWorkspace, ManageWebhooks),
        new("POST /api/webhooks/{webhookId}/test", InWorkspace, ManageWebhooks),
        new("GET /api/webhooks/{webhookId}/deliveries", InWorkspace, ManageWebhooks),
        new("POST /api/webhooks/{webhookId}/deliveries/replay", InWorkspace, ManageWebhooks),
        new("GET /api/webhooks/{webhookId}/deliveries/{deliveryId}", InWorkspace, ManageWebhooks),
        new("POST /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay", InWorkspace, ManageWebhooks),
        new("GET /api/workspaces/{workspaceId}/exports", InWorkspace, ExportWorkspace),
        new("POST /api/workspaces/{workspaceId}/exports", InWorkspace, ExportWorkspace),
        new("DELETE /api/workspaces/{workspaceId}/exports/{exportId}", InWorkspace, ExportWorkspace),
        new("POST /api/workspaces/{workspaceId}/exports/{exportId}/link", InWorkspace, ExportWorkspace),
        new("GET /api/exports/{token}", Token),
        new("GET /api/workspaces/{workspaceId}/files", InWorkspace, SeeFiles),
        new("POST /api/workspaces/{workspaceId}/files", InWorkspace, UploadFiles),
        new("GET /api/files/{fileId}", InWorkspace, SeeFiles),
        new("DELETE /api/files/{fileId}", InWorkspace, ModerateFiles, Own: UploadFiles),
        new("POST /api/files/{fileId}/complete", InWorkspace, Own: UploadFiles),
        new("GET /api/files/{fileId}/content", InWorkspace, SeeFiles),
        new("PUT /api/files/uploads/{token}", Token),
        new("GET /api/files/links/{token}", Token),
        new("GET /api/me/audit", Oneself),
        new("GET /api/ops/audit", Installation),
        new("GET /api/ops/audit/export", Installation),
        new("GET /api/ops/audit/proof", Installation),
        new("GET /api/ops/queues", Installation),
        new("POST /api/ops/queues/{queue}/pause", Installation),
        new("POST /api/ops/queues/{queue}/resume", Installation),
        new("GET /api/ops/jobs", Installation),
        new("POST /api/ops/jobs/replay", Installation),
        new("GET /api/ops/jobs/{jobId}", Installation),
        new("POST /api/ops/jobs/{jobId}/retry", Installation),
        new("POST /api/ops/jobs/{jobId}/cancel", Installation),
        new("DELETE /api/ops/jobs/{jobId}", Installation),
    ];

    public static readonly IReadOnlyList<Operation> Realtime =
    [
        new("subscribe user", Oneself),
        new("subscribe workspace", InWorkspace, SeeWorkspace),
        new("subscribe thread", InThread, SeeThreads),
        new("subscribe content", InWorkspace, SeeContent),
        new("subscribe ops", Installation),

        new("create thread on workspace", InWorkspace, WriteThreads),
        new("update thread on workspace", Nobody),
        new("delete thread on workspace", Nobody),
        new("create thread on thread", Nobody),
        new("update thread on thread", InThread, WriteThreads),
        new("delete thread on thread", InThread, ModerateThreads, Own: WriteThreads),
        new("create message on thread", InThread, WriteThreads),
        new("update message on thread", InThread, Own: WriteThreads),
        new("delete message on thread", InThread, ModerateThreads, Own: WriteThreads),
        new("create reaction on thread", InThread, WriteThreads),
        new("update reaction on thread", Nobody),
        new("delete reaction on thread", InThread, Own: WriteThreads),
        new("typing on thread", InThread, WriteThreads),
        new("create content on workspace", InWorkspace, WriteContent),
        new("update content on workspace", Nobody),
        new("delete content on workspace", Nobody),
        new("create content on content", Nobody),
        new("update content on content", InWorkspace, WriteContent),
        new("delete content on content", InWorkspace, WriteContent),
        new("push document on content", InWorkspace, WriteContent),
        new("cursor on content", InWorkspace, WriteContent),
    ];
}
