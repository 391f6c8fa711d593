/** What the trail knows, as people say it. */
const known: Readonly<Record<string, string>> = {
  'account.registered': 'Account made',
  'account.updated': 'Profile changed',
  'account.exported': 'Own data exported',
  'account.deleted': 'Account deleted',
  'preferences.replaced': 'Preferences changed',
  'email.verified': 'Email address confirmed',
  'email.verification_sent': 'Mail sent to confirm the address',
  'password.changed': 'Password changed',
  'password.reset_requested': 'New password asked for by mail',
  'password.reset': 'Password set by mail',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.locked': 'Sign-ins held back after wrong tries',
  'session.ended': 'Signed out',
  'session.token_reused': 'Copied sign-in found and ended',
  'session.proven_again': 'Identity confirmed again',
  'session.proof_refused': 'Identity not confirmed',
  'totp.begun': 'Authenticator app set-up begun',
  'totp.added': 'Authenticator app turned on',
  'totp.removed': 'Authenticator app turned off',
  'recovery_codes.made': 'New recovery codes made',
  'recovery_codes.used': 'Recovery code used',
  'passkey.added': 'Passkey added',
  'passkey.renamed': 'Passkey renamed',
  'passkey.removed': 'Passkey removed',
  'key.made': 'API key made',
  'key.revoked': 'API key revoked',
  'identity.linked': 'Sign-in provider connected',
  'identity.unlinked': 'Sign-in provider disconnected',
  'workspace.created': 'Workspace made',
  'workspace.updated': 'Workspace renamed',
  'workspace.deleted': 'Workspace deleted',
  'workspace.restored': 'Workspace restored',
  'workspace.removed': 'Workspace removed for good',
  'workspace.transferred': 'Workspace handed over',
  'member.added': 'Member added',
  'member.changed': 'Role changed',
  'member.removed': 'Member removed',
  'queue.paused': 'Queue paused',
  'queue.resumed': 'Queue resumed',
  'job.retried': 'Job retried',
  'job.cancelled': 'Job cancelled',
  'job.discarded': 'Job discarded',
  'jobs.replayed': 'Dead jobs replayed',
  'invitation.made': 'Invitation sent',
  'invitation.sent_again': 'Invitation sent again',
  'invitation.withdrawn': 'Invitation taken back',
  'invitation.accepted': 'Invitation accepted',
  'thread.created': 'Thread begun',
  'thread.updated': 'Thread changed',
  'thread.deleted': 'Thread deleted',
  'message.edited': 'Message edited',
  'message.deleted': 'Message deleted',
  'content.created': 'Content made',
  'content.updated': 'Content changed',
  'content.approved': 'Content approved',
  'content.approval_voided': 'Approved content changed: no longer approved',
  'content.deleted': 'Content put into the trash',
  'content.restored': 'Content brought back from the trash',
  'content.removed': 'Content removed for good',
  'comment.created': 'Comment made',
  'comment.resolved': 'Comment resolved or opened again',
  'comment.deleted': 'Comment deleted',
  'export.requested': 'Archive of the workspace asked for',
  'export.made': 'Archive made',
  'export.opened': 'Link to an archive made',
  'export.downloaded': 'Archive downloaded',
  'export.removed': 'Archive removed',
  'webhook.created': 'Webhook made',
  'webhook.updated': 'Webhook changed',
  'webhook.deleted': 'Webhook deleted',
  'webhook.secret_rotated': 'New secret of a webhook',
  'webhook.tested': 'Webhook tried out',
  'webhook.replayed': 'Events sent again',
  'webhook.disabled': 'Webhook switched off by the server',
  'audit.read': 'Audit trail read',
  'audit.exported': 'Audit trail exported',
}

/** An action as people read it; one that is newer than this list is taken apart: `page.moved_up` is “Page moved up”. */
export function inWords(action: string): string {
  const words = known[action] ?? action.replaceAll(/[._-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const ABOUT_WORKSPACES = /^(workspace|member|invitation|thread|message|content|comment|audit)\./

/** What can be looked for in the trail of a workspace. */
export const workspaceActions: readonly string[] = Object.keys(known).filter((action) => ABOUT_WORKSPACES.test(action))

/** What can be looked for in the trail of the installation: all that is known. */
export const allActions: readonly string[] = Object.keys(known)

/** What such actions are about. */
export const resourcesOf = (actions: readonly string[]): readonly string[] => [
  ...new Set(actions.map((action) => action.split('.')[0] ?? '')),
]
