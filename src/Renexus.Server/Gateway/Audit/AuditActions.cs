using System.Reflection;

namespace Renexus.Server.Gateway.Audit;

/// <summary>Every action there is in the audit trail; docs/security/audit.md explains them, and a test compares the two.</summary>
internal static class AuditActions
{
    // People.
    public static readonly AuditAction AccountRegistered = new("account.registered", "account", "user_created");
    public static readonly AuditAction AccountUpdated = new("account.updated", "account", "user_updated");
    public static readonly AuditAction AccountExported = new("account.exported", "account", "sensitive_read");
    public static readonly AuditAction AccountDeleted = new("account.deleted", "account", "user_deleted");
    public static readonly AuditAction PreferencesReplaced = new("preferences.replaced", "preferences", "user_updated");
    public static readonly AuditAction NotificationSettingsChanged = new("notification_settings.changed", "notification_settings", "user_updated");
    public static readonly AuditAction EmailVerified = new("email.verified", "account", "user_updated");
    public static readonly AuditAction EmailVerificationSent = new("email.verification_sent", "account", "user_updated");
    public static readonly AuditAction PasswordChanged = new("password.changed", "account", "authn_password_change");
    public static readonly AuditAction PasswordResetRequested = new("password.reset_requested", "account", "authn_password_change");
    public static readonly AuditAction PasswordReset = new("password.reset", "account", "authn_password_change");

    // Log-ins.
    public static readonly AuditAction LoggedIn = new("session.started", "session", "authn_login_success");
    public static readonly AuditAction LogInRefused = new("session.refused", "session", "authn_login_fail");
    public static readonly AuditAction LogInsLocked = new("session.locked", "session", "authn_login_lock");
    public static readonly AuditAction SessionEnded = new("session.ended", "session", "session_expired");
    public static readonly AuditAction TokenReused = new("session.token_reused", "session", "authn_token_reuse");
    public static readonly AuditAction SteppedUp = new("session.proven_again", "session", "authn_login_success");
    public static readonly AuditAction StepUpRefused = new("session.proof_refused", "session", "authn_login_fail");

    // Second factors and keys.
    public static readonly AuditAction TotpBegun = new("totp.begun", "totp", "authn_factor_change");
    public static readonly AuditAction TotpAdded = new("totp.added", "totp", "authn_factor_change");
    public static readonly AuditAction TotpRemoved = new("totp.removed", "totp", "authn_factor_change");
    public static readonly AuditAction RecoveryCodesMade = new("recovery_codes.made", "recovery_codes", "authn_factor_change");
    public static readonly AuditAction RecoveryCodeUsed = new("recovery_codes.used", "recovery_codes", "authn_factor_change");
    public static readonly AuditAction PasskeyAdded = new("passkey.added", "passkey", "authn_factor_change");
    public static readonly AuditAction PasskeyRenamed = new("passkey.renamed", "passkey", "authn_factor_change");
    public static readonly AuditAction PasskeyRemoved = new("passkey.removed", "passkey", "authn_factor_change");
    public static readonly AuditAction KeyMade = new("key.made", "key", "authn_token_created");
    public static readonly AuditAction KeyRevoked = new("key.revoked", "key", "authn_token_revoked");
    public static readonly AuditAction IdentityLinked = new("identity.linked", "identity", "user_updated");
    public static readonly AuditAction IdentityUnlinked = new("identity.unlinked", "identity", "user_updated");

    // Workspaces and who belongs to them.
    public static readonly AuditAction WorkspaceCreated = new("workspace.created", "workspace", "workspace_created");
    public static readonly AuditAction WorkspaceUpdated = new("workspace.updated", "workspace", "workspace_updated");
    public static readonly AuditAction WorkspaceDeleted = new("workspace.deleted", "workspace", "workspace_deleted");
    public static readonly AuditAction WorkspaceRestored = new("workspace.restored", "workspace", "workspace_restored");
    public static readonly AuditAction WorkspaceRemoved = new("workspace.removed", "workspace", "workspace_deleted");
    public static readonly AuditAction WorkspaceTransferred = new("workspace.transferred", "workspace", "privilege_permissions_changed");
    public static readonly AuditAction MemberAdded = new("member.added", "member", "privilege_permissions_changed");
    public static readonly AuditAction MemberChanged = new("member.changed", "member", "privilege_permissions_changed");
    public static readonly AuditAction MemberRemoved = new("member.removed", "member", "privilege_permissions_changed");
    public static readonly AuditAction InvitationMade = new("invitation.made", "invitation", "privilege_permissions_changed");
    public static readonly AuditAction InvitationSentAgain = new("invitation.sent_again", "invitation", "privilege_permissions_changed");
    public static readonly AuditAction InvitationWithdrawn = new("invitation.withdrawn", "invitation", "privilege_permissions_changed");
    public static readonly AuditAction InvitationAccepted = new("invitation.accepted", "invitation", "privilege_permissions_changed");

    // Threads. A new message is its own record (docs/decisions/0006).
    public static readonly AuditAction ThreadCreated = new("thread.created", "thread", "content_created");
    public static readonly AuditAction ThreadUpdated = new("thread.updated", "thread", "content_updated");
    public static readonly AuditAction ThreadDeleted = new("thread.deleted", "thread", "content_deleted");
    public static readonly AuditAction MessageEdited = new("message.edited", "message", "content_updated");
    public static readonly AuditAction MessageDeleted = new("message.deleted", "message", "content_deleted");

    // Content items. What is written in them stands in their history.
    public static readonly AuditAction ContentCreated = new("content.created", "content", "content_created");
    public static readonly AuditAction ContentUpdated = new("content.updated", "content", "content_updated");
    public static readonly AuditAction ContentApproved = new("content.approved", "content", "content_updated");
    public static readonly AuditAction ContentApprovalVoided = new("content.approval_voided", "content", "content_updated");
    public static readonly AuditAction ContentDeleted = new("content.deleted", "content", "content_deleted");
    public static readonly AuditAction ContentRestored = new("content.restored", "content", "content_restored");
    public static readonly AuditAction ContentRemoved = new("content.removed", "content", "content_deleted");
    public static readonly AuditAction CommentCreated = new("comment.created", "comment", "content_created");
    public static readonly AuditAction CommentResolved = new("comment.resolved", "comment", "content_updated");
    public static readonly AuditAction CommentDeleted = new("comment.deleted", "comment", "content_deleted");

    // Files. A look at what is shown beside a message is no download (docs/files.md).
    public static readonly AuditAction FileUploaded = new("file.uploaded", "file", "upload_complete");
    public static readonly AuditAction FileRefused = new("file.refused", "file", "upload_validation");
    public static readonly AuditAction FileDownloaded = new("file.downloaded", "file", "sensitive_read");
    public static readonly AuditAction FileDeleted = new("file.deleted", "file", "upload_delete");

    // Webhooks.
    public static readonly AuditAction WebhookCreated = new("webhook.created", "webhook", "sys_config_changed");
    public static readonly AuditAction WebhookUpdated = new("webhook.updated", "webhook", "sys_config_changed");
    public static readonly AuditAction WebhookDeleted = new("webhook.deleted", "webhook", "sys_config_changed");
    public static readonly AuditAction WebhookSecretRotated = new("webhook.secret_rotated", "webhook", "authn_token_created");
    public static readonly AuditAction WebhookTested = new("webhook.tested", "webhook", "content_shared");
    public static readonly AuditAction WebhookReplayed = new("webhook.replayed", "webhook", "content_shared");
    public static readonly AuditAction WebhookDisabled = new("webhook.disabled", "webhook", "sys_config_changed");

    // What leaves workspaces as files.
    public static readonly AuditAction ExportRequested = new("export.requested", "export", "sensitive_read");
    public static readonly AuditAction ExportMade = new("export.made", "export", "sensitive_read");
    public static readonly AuditAction ExportOpened = new("export.opened", "export", "sensitive_read");
    public static readonly AuditAction ExportDownloaded = new("export.downloaded", "export", "sensitive_read");
    public static readonly AuditAction ExportRemoved = new("export.removed", "export", "content_deleted");

    // Running the installation.
    public static readonly AuditAction QueuePaused = new("queue.paused", "queue", "sys_monitor_disabled");
    public static readonly AuditAction QueueResumed = new("queue.resumed", "queue", "sys_monitor_enabled");
    public static readonly AuditAction JobRetried = new("job.retried", "job", "sys_restart");
    public static readonly AuditAction JobCancelled = new("job.cancelled", "job", "sys_shutdown");
    public static readonly AuditAction JobDiscarded = new("job.discarded", "job", "sys_shutdown");
    public static readonly AuditAction JobsReplayed = new("jobs.replayed", "job", "sys_restart");

    // The trail itself.
    public static readonly AuditAction AuditRead = new("audit.read", "audit", "sensitive_read");
    public static readonly AuditAction AuditExported = new("audit.exported", "audit", "sensitive_read");

    /// <summary>The whole catalogue, by name.</summary>
    public static IReadOnlyList<AuditAction> All { get; } =
    [
        .. typeof(AuditActions).GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.FieldType == typeof(AuditAction))
            .Select(field => (AuditAction)field.GetValue(null)!).OrderBy(action => action.Name, StringComparer.Ordinal),
    ];
}
