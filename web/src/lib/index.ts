/** The public face of the TypeScript SDK (docs/sdk-typescript.md): plain TypeScript, no React, no screen. */

export type {
  ContentComment,
  ContentItem,
  ContentRevision,
  Member,
  Message,
  Page,
  SearchHit,
  StoredFile,
  Thread,
  User,
  Workspace,
} from '@/api/types'
export { Batching, type BatchingOptions } from './batching'
export { contentChannel, threadChannel, userChannel, workspaceChannel } from './channels'
export { ContentApi, type ContentFilter, type PageRequest } from './content-api'
export { Credentials, type Grant, type SignIn } from './credentials'
export {
  DocumentSession,
  type DocumentFollower,
  type DocumentHead,
  type DocumentPorts,
  type DocumentState,
} from './documents/document-session'
export { IndexedDbDocumentStore, type DocumentStore } from './documents/document-store'
export { Documents, type DocumentsOptions, type WaitingDocument } from './documents/documents'
export { FilesApi, type UploadOptions } from './files-api'
export { Http, type Query, type RequestOptions } from './http'
export { newId } from './ids'
export {
  isOnItsWay,
  Outbox,
  type Confirmed,
  type Conflict,
  type Intent,
  type OutboxOptions,
  type Outgoing,
} from './outbox'
export { IndexedDbOutboxStore, type OutboxStore } from './outbox-store'
export { everyPage, type PageOf } from './paging'
export { Problem, Unreachable, type ProblemCode } from './problem'
export type { Subscriber } from './realtime/channel'
export type { Change, Payload, Position } from './realtime/protocol'
export { Disconnected, Realtime, type ConnectionState, type RealtimeOptions } from './realtime/realtime'
export { Renexus, type RenexusOptions, type SignInInput } from './sdk'
export { Store } from './store'
