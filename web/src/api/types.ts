import type { components } from './schema'

/** The resources of the API under the names the screens use; schema.ts is generated and says what they hold. */

type Schemas = components['schemas']

export interface Page<T> {
  items: T[]
  next: string | null
}

export type User = Schemas['User']
export type LoggedIn = Schemas['LoggedIn']
export type Workspace = Schemas['Workspace']
export type Member = Schemas['Member']
export type Thread = Schemas['ThreadInfo']
export type Message = Schemas['Message']
export type Mention = Schemas['Mention']
export type MemberPresence = Schemas['MemberPresence']
export type SearchHit = Schemas['SearchHit']
export type Invitation = Schemas['Invitation']
export type LogInSession = Schemas['LogInSession']
export type InvitationPreview = Schemas['InvitationPreview']
export type Passkey = Schemas['Passkey']
export type SecuritySettings = Schemas['SecuritySettings']
export type TotpEnrolment = Schemas['TotpEnrolment']
export type AuditRecord = Schemas['AuditRecord']
export type AuditProof = Schemas['AuditProofState']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['NewApiKey']
export type RecoveryCodes = Schemas['RecoveryCodes']
export type SignInProvider = Schemas['SignInProviderInfo']
export type SignInProviders = Schemas['SignInProviderList']
export type ProviderSignIn = Schemas['ProviderSignIn']
export type ConnectedIdentity = Schemas['ConnectedIdentity']
export type ConnectedIdentities = Schemas['ConnectedIdentities']
export type Webhook = Schemas['Webhook']
export type NewWebhook = Schemas['NewWebhook']
export type WebhookSecret = Schemas['WebhookSecret']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type WebhookDeliveryDetails = Schemas['WebhookDeliveryDetails']
export type WebhookAttempt = Schemas['WebhookAttempt']
export type JobsOverview = Schemas['JobsOverview']
export type QueueInfo = Schemas['QueueInfo']
export type JobRecord = Schemas['JobRecord']
export type SyncOperation = Schemas['SyncOperationRequest']
export type SyncResult = Schemas['SyncResult']
export type SyncResults = Schemas['SyncResults']
