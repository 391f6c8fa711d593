using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Tests.Features.Audit;

/// <summary>What each operation that changes something writes into the trail. A new one says it here, or why it writes nothing.</summary>
internal static class RecordedOperations
{
    /// <summary>In a workspace, its threads, its invitations.</summary>
    public static readonly IReadOnlyDictionary<string, AuditAction> InWorkspaces = new Dictionary<string, AuditAction>(StringComparer.Ordinal)
    {
        ["PATCH /api/workspaces/{workspaceId}"] = AuditActions.WorkspaceUpdated,
        ["DELETE /api/workspaces/{workspaceId}"] = AuditActions.WorkspaceDeleted,
        ["POST /api/workspaces/{workspaceId}/restore"] = AuditActions.WorkspaceRestored,
        ["POST /api/workspaces/{workspaceId}/transfer"] = AuditActions.WorkspaceTransferred,
        ["POST /api/workspaces/{workspaceId}/members"] = AuditActions.InvitationMade, // of somebody without an account; with one see below
        ["PATCH /api/workspaces/{workspaceId}/members/{userId}"] = AuditActions.MemberChanged,
        ["DELETE /api/workspaces/{workspaceId}/members/{userId}"] = AuditActions.MemberRemoved,
        ["POST /api/workspaces/{workspaceId}/invitations"] = AuditActions.InvitationMade,
        ["DELETE /api/workspaces/{workspaceId}/invitations/{invitationId}"] = AuditActions.InvitationWithdrawn,
        ["POST /api/workspaces/{workspaceId}/invitations/{invitationId}/resend"] = AuditActions.InvitationSentAgain,
        ["POST /api/workspaces/{workspaceId}/threads"] = AuditActions.ThreadCreated,
        ["PATCH /api/threads/{threadId}"] = AuditActions.ThreadUpdated,
        ["DELETE /api/threads/{threadId}"] = AuditActions.ThreadDeleted,
        ["PATCH /api/messages/{messageId}"] = AuditActions.MessageEdited,
        ["DELETE /api/messages/{messageId}"] = AuditActions.MessageDeleted,
        ["POST /api/workspaces/{workspaceId}/content"] = AuditActions.ContentCreated,
        ["POST /api/workspaces/{workspaceId}/content/import"] = AuditActions.ContentCreated,
        ["PATCH /api/content/{contentId}"] = AuditActions.ContentUpdated, // of an approval see ReviewTests
        ["DELETE /api/content/{contentId}"] = AuditActions.ContentDeleted,
        ["POST /api/content/{contentId}/restore"] = AuditActions.ContentRestored,
        ["POST /api/content/{contentId}/revisions/{n}/restore"] = AuditActions.ContentUpdated,
        ["POST /api/content/{contentId}/comments"] = AuditActions.CommentCreated,
        ["PATCH /api/comments/{commentId}"] = AuditActions.CommentResolved,
        ["DELETE /api/comments/{commentId}"] = AuditActions.CommentDeleted,
        ["POST /api/workspaces/{workspaceId}/webhooks"] = AuditActions.WebhookCreated,
        ["PATCH /api/webhooks/{webhookId}"] = AuditActions.WebhookUpdated,
        ["DELETE /api/webhooks/{webhookId}"] = AuditActions.WebhookDeleted,
        ["POST /api/webhooks/{webhookId}/secret"] = AuditActions.WebhookSecretRotated,
        ["POST /api/webhooks/{webhookId}/test"] = AuditActions.WebhookTested,
        ["POST /api/webhooks/{webhookId}/deliveries/replay"] = AuditActions.WebhookReplayed,
        ["POST /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay"] = AuditActions.WebhookReplayed,
        ["POST /api/workspaces/{workspaceId}/exports"] = AuditActions.ExportRequested,
        ["DELETE /api/workspaces/{workspaceId}/exports/{exportId}"] = AuditActions.ExportRemoved,
        ["POST /api/workspaces/{workspaceId}/exports/{exportId}/link"] = AuditActions.ExportOpened,
        ["POST /api/files/{fileId}/complete"] = AuditActions.FileUploaded,
        ["DELETE /api/files/{fileId}"] = AuditActions.FileDeleted,
        ["GET /api/workspaces/{workspaceId}/audit"] = AuditActions.AuditRead,
        ["GET /api/workspaces/{workspaceId}/audit/export"] = AuditActions.AuditExported,
    };

    /// <summary>Over a socket.</summary>
    public static readonly IReadOnlyDictionary<string, AuditAction> OverSockets = new Dictionary<string, AuditAction>(StringComparer.Ordinal)
    {
        ["create thread on workspace"] = AuditActions.ThreadCreated,
        ["update thread on thread"] = AuditActions.ThreadUpdated,
        ["delete thread on thread"] = AuditActions.ThreadDeleted,
        ["update message on thread"] = AuditActions.MessageEdited,
        ["delete message on thread"] = AuditActions.MessageDeleted,
        ["create content on workspace"] = AuditActions.ContentCreated,
        ["update content on content"] = AuditActions.ContentUpdated,
        ["delete content on content"] = AuditActions.ContentDeleted,
    };

    /// <summary>What one does to oneself, and how one comes in.</summary>
    public static readonly IReadOnlyDictionary<string, AuditAction> Personal = new Dictionary<string, AuditAction>(StringComparer.Ordinal)
    {
        ["POST /api/auth/register"] = AuditActions.AccountRegistered,
        ["POST /api/auth/login"] = AuditActions.LoggedIn,
        ["POST /api/auth/logout"] = AuditActions.SessionEnded,
        ["POST /api/auth/password/forgot"] = AuditActions.PasswordResetRequested,
        ["POST /api/auth/password/reset"] = AuditActions.PasswordReset,
        ["POST /api/auth/email/verification"] = AuditActions.EmailVerificationSent,
        ["POST /api/auth/email/verify"] = AuditActions.EmailVerified,
        ["POST /api/auth/sessions/deny"] = AuditActions.SessionEnded,
        ["PUT /api/me/password"] = AuditActions.PasswordChanged,
        ["POST /api/auth/step-up"] = AuditActions.SteppedUp,
        ["DELETE /api/auth/sessions"] = AuditActions.SessionEnded,
        ["DELETE /api/auth/sessions/{sessionId}"] = AuditActions.SessionEnded,
        ["POST /api/auth/passkey"] = AuditActions.LoggedIn,
        ["PATCH /api/me"] = AuditActions.AccountUpdated,
        ["DELETE /api/me"] = AuditActions.AccountDeleted,
        ["GET /api/me/export"] = AuditActions.AccountExported,
        ["PUT /api/me/preferences"] = AuditActions.PreferencesReplaced,
        ["PATCH /api/notifications/settings"] = AuditActions.NotificationSettingsChanged,
        ["POST /api/notifications/unsubscribe"] = AuditActions.NotificationSettingsChanged,
        ["POST /api/me/totp"] = AuditActions.TotpBegun,
        ["POST /api/me/totp/confirm"] = AuditActions.TotpAdded,
        ["DELETE /api/me/totp"] = AuditActions.TotpRemoved,
        ["POST /api/me/recovery-codes"] = AuditActions.RecoveryCodesMade,
        ["POST /api/me/passkeys"] = AuditActions.PasskeyAdded,
        ["PATCH /api/me/passkeys/{passkeyId}"] = AuditActions.PasskeyRenamed,
        ["DELETE /api/me/passkeys/{passkeyId}"] = AuditActions.PasskeyRemoved,
        ["POST /api/me/keys"] = AuditActions.KeyMade,
        ["DELETE /api/me/keys/{keyId}"] = AuditActions.KeyRevoked,
        ["POST /api/workspaces"] = AuditActions.WorkspaceCreated,
        ["POST /api/invitations/{token}/accept"] = AuditActions.InvitationAccepted,
    };

    /// <summary>By way of a provider; its own tests compare them.</summary>
    public static readonly IReadOnlyDictionary<string, AuditAction> ByProviders = new Dictionary<string, AuditAction>(StringComparer.Ordinal)
    {
        ["POST /api/auth/providers/{providerId}/complete"] = AuditActions.LoggedIn,
        ["POST /api/auth/providers/{providerId}/connect"] = AuditActions.IdentityLinked,
        ["POST /api/auth/providers/{providerId}/prove"] = AuditActions.SteppedUp,
        ["DELETE /api/me/identities/{providerId}"] = AuditActions.IdentityUnlinked,
    };

    /// <summary>What operators do.</summary>
    public static readonly IReadOnlyDictionary<string, AuditAction> Installation = new Dictionary<string, AuditAction>(StringComparer.Ordinal)
    {
        ["POST /api/ops/queues/{queue}/pause"] = AuditActions.QueuePaused,
        ["POST /api/ops/queues/{queue}/resume"] = AuditActions.QueueResumed,
        ["POST /api/ops/jobs/replay"] = AuditActions.JobsReplayed,
        ["POST /api/ops/jobs/{jobId}/retry"] = AuditActions.JobRetried,
        ["POST /api/ops/jobs/{jobId}/cancel"] = AuditActions.JobCancelled,
        ["DELETE /api/ops/jobs/{jobId}"] = AuditActions.JobDiscarded,
    };

    /// <summary>What writes nothing, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotRecorded = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["POST /api/auth/refresh"] = "Goes on with a log-in that is recorded; a stolen token is (session.token_reused).",
        ["POST /api/auth/providers/{providerId}/begin"] = "A question; the answer is recorded.",
        ["POST /api/auth/passkey/challenge"] = "A question; the answer is recorded.",
        ["POST /api/me/passkeys/challenge"] = "A question; the answer is recorded.",
        ["POST /api/webhooks/clerk"] = "Clerk says something; what follows from it is recorded.",
        ["POST /api/policy-reports"] = "A browser says what it refused; it goes to the log and changes nothing.",
        ["POST /api/notifications/read"] = "What one has read is nobody's business.",
        ["PUT /api/threads/{threadId}/draft"] = "What somebody has begun to write and not sent is nobody's business.",
        ["POST /api/threads/{threadId}/read"] = "How far one has read is nobody's business.",
        ["POST /api/workspaces/{workspaceId}/files"] = "Reserves a place; the file is recorded when it is there (file.uploaded), with a form too.",
        ["PUT /api/files/uploads/{token}"] = "Bytes on their way; the file is recorded when it is there.",
        ["POST /api/threads/{threadId}/messages"] = "A new message is its own record (docs/decisions/0006).",
        ["POST /api/send"] = "Each message is recorded as over a socket.",
        ["POST /api/sync"] = "Each operation is recorded as if it had come alone.",
        ["POST /api/batch"] = "Each request is recorded as if it had come alone.",
        ["create message on thread"] = "A new message is its own record (docs/decisions/0006).",
        ["POST /api/messages/{messageId}/reactions"] = "A nod, visible to all and its own record; the log of changes has it.",
        ["DELETE /api/messages/{messageId}/reactions/{emoji}"] = "One's own nod, taken back.",
        ["create reaction on thread"] = "A nod, visible to all and its own record; the log of changes has it.",
        ["typing on thread"] = "Passes by and changes nothing.",
        ["cursor on content"] = "Passes by and changes nothing.",
        ["push document on content"] = "Stands in the item's history with its author and time; an approval that it takes back is recorded.",
        ["delete reaction on thread"] = "One's own nod, taken back.",
    };

    /// <summary>All that the tables above have to know.</summary>
    public static IEnumerable<string> ThatChange =>
        Operations.Rest.Select(o => o.Name).Where(name => !name.StartsWith("GET ", StringComparison.Ordinal)).Distinct()
            .Concat(Operations.Realtime.Where(o => o.About is not About.Nobody && !o.Name.StartsWith("subscribe ", StringComparison.Ordinal)).Select(o => o.Name));
}
