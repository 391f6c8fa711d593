using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Renexus.Contracts.Realtime;

namespace Renexus.Contracts;

/// <summary>
/// How every record of this assembly reads and writes as JSON, generated at compile time: camelCase, times in UTC with milliseconds,
/// members that are null left out unless the record says otherwise.
/// </summary>
/// <remarks>
/// Use <see cref="Lenient"/> or <see cref="Strict"/>; the generated <c>Default</c> escapes everything outside ASCII.
/// </remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(UtcMillisecondsConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false)]
// Each feature adds its records here, pages of them too.
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ServerHealth))]
// Accounts
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LogInRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(LoggedIn))]
[JsonSerializable(typeof(SignInProviderList))]
[JsonSerializable(typeof(BeginProviderSignInRequest))]
[JsonSerializable(typeof(ProviderSignIn))]
[JsonSerializable(typeof(ProviderAnswerRequest))]
[JsonSerializable(typeof(ConnectedIdentities))]
[JsonSerializable(typeof(RenewedTokens))]
[JsonSerializable(typeof(LogInSession))]
[JsonSerializable(typeof(LogInSessions))]
[JsonSerializable(typeof(UpdateMeRequest))]
[JsonSerializable(typeof(StepUpRequest))]
[JsonSerializable(typeof(PasskeyProofRequest))]
[JsonSerializable(typeof(PasskeyChallenge))]
[JsonSerializable(typeof(SecuritySettings))]
[JsonSerializable(typeof(Passkey))]
[JsonSerializable(typeof(TotpEnrolment))]
[JsonSerializable(typeof(ConfirmTotpRequest))]
[JsonSerializable(typeof(RecoveryCodes))]
[JsonSerializable(typeof(AddPasskeyRequest))]
[JsonSerializable(typeof(RenamePasskeyRequest))]
[JsonSerializable(typeof(ForgotPasswordRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(VerifyEmailRequest))]
[JsonSerializable(typeof(DenySessionRequest))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(ApiKeys))]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(JsonElement))]
// Workspaces
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(Page<Workspace>))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
[JsonSerializable(typeof(PatchWorkspaceRequest))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Page<Member>))]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(AddMemberRequest))]
[JsonSerializable(typeof(ChangeMemberRequest))]
[JsonSerializable(typeof(Invitation))]
[JsonSerializable(typeof(Page<Invitation>))]
[JsonSerializable(typeof(InvitationPreview))]
[JsonSerializable(typeof(AcceptedInvitation))]
[JsonSerializable(typeof(TransferWorkspaceRequest))]
// Threads and messages
[JsonSerializable(typeof(ThreadInfo))]
[JsonSerializable(typeof(Page<ThreadInfo>))]
[JsonSerializable(typeof(CreateThreadRequest))]
[JsonSerializable(typeof(PatchThreadRequest))]
[JsonSerializable(typeof(MarkReadRequest))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(Attachment))]
[JsonSerializable(typeof(Page<Message>))]
[JsonSerializable(typeof(PostMessageRequest))]
[JsonSerializable(typeof(EditMessageRequest))]
[JsonSerializable(typeof(Reaction))]
[JsonSerializable(typeof(ReactionGroup[]))]
[JsonSerializable(typeof(ReactRequest))]
[JsonSerializable(typeof(ReactionData))]
[JsonSerializable(typeof(Page<Mention>))]
[JsonSerializable(typeof(Draft))]
[JsonSerializable(typeof(PutDraftRequest))]
[JsonSerializable(typeof(Page<Draft>))]
[JsonSerializable(typeof(MentionNews))]
[JsonSerializable(typeof(MemberPresences))]
// Content
[JsonSerializable(typeof(ContentItem))]
[JsonSerializable(typeof(Page<ContentItem>))]
[JsonSerializable(typeof(CreateContentRequest))]
[JsonSerializable(typeof(PatchContentRequest))]
[JsonSerializable(typeof(ImportContentRequest))]
[JsonSerializable(typeof(Page<ContentRevision>))]
[JsonSerializable(typeof(ContentRevisionDetails))]
[JsonSerializable(typeof(ContentComment))]
[JsonSerializable(typeof(Page<ContentComment>))]
[JsonSerializable(typeof(CreateCommentRequest))]
[JsonSerializable(typeof(PatchCommentRequest))]
[JsonSerializable(typeof(ContentAuthorship))]
[JsonSerializable(typeof(CursorPayload))]
// Search
[JsonSerializable(typeof(Page<SearchHit>))]
// Jobs
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(JobsOverview))]
[JsonSerializable(typeof(JobsState))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(JobRecords))]
[JsonSerializable(typeof(ReplayJobsRequest))]
[JsonSerializable(typeof(ReplayedJobs))]
// Webhooks
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(Page<Webhook>))]
[JsonSerializable(typeof(CreateWebhookRequest))]
[JsonSerializable(typeof(PatchWebhookRequest))]
[JsonSerializable(typeof(WebhookSecret))]
[JsonSerializable(typeof(WebhookEventTypes))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(Page<WebhookDelivery>))]
[JsonSerializable(typeof(WebhookDeliveryDetails))]
[JsonSerializable(typeof(ReplayDeliveriesRequest))]
[JsonSerializable(typeof(ReplayedDeliveries))]
// Exports
[JsonSerializable(typeof(WorkspaceExport))]
[JsonSerializable(typeof(Page<WorkspaceExport>))]
[JsonSerializable(typeof(ExportLink))]
// Files
[JsonSerializable(typeof(StoredFile))]
[JsonSerializable(typeof(Page<StoredFile>))]
[JsonSerializable(typeof(CreateFileRequest))]
// Notifications
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(ReadNotificationsRequest))]
[JsonSerializable(typeof(NotificationsRead))]
[JsonSerializable(typeof(NotificationSettings))]
[JsonSerializable(typeof(UpdateNotificationSettingsRequest))]
[JsonSerializable(typeof(Unsubscribed))]
// Audit
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditProofState))]
[JsonSerializable(typeof(Page<AuditRecord>))]
// Real-time
[JsonSerializable(typeof(RealtimeMessage))]
[JsonSerializable(typeof(RealtimeMessage[]))]
[JsonSerializable(typeof(HelloPayload))]
[JsonSerializable(typeof(WelcomePayload))]
[JsonSerializable(typeof(SubscribePayload))]
[JsonSerializable(typeof(SubscribedPayload))]
[JsonSerializable(typeof(SnapshotPayload))]
[JsonSerializable(typeof(WritePayload))]
[JsonSerializable(typeof(AckPayload))]
[JsonSerializable(typeof(ChangePayload))]
[JsonSerializable(typeof(ErrorPayload))]
[JsonSerializable(typeof(PresencePayload))]
[JsonSerializable(typeof(TypingPayload))]
[JsonSerializable(typeof(PushPayload))]
[JsonSerializable(typeof(UpdatesPayload))]
[JsonSerializable(typeof(ClosedPayload))]
[JsonSerializable(typeof(PolledMessages))]
[JsonSerializable(typeof(SentMessages))]
// Sync and batches
[JsonSerializable(typeof(SyncRequest))]
[JsonSerializable(typeof(SyncResults))]
[JsonSerializable(typeof(SyncChanges))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchResponses))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 32;

    /// <summary>For clients: members it does not know are ignored, since answers may gain some.</summary>
    public static ContractsJson Lenient => Instances.Lenient;

    /// <summary>For whoever takes input: unknown members, duplicate keys and more than <see cref="MaxDepth"/> levels are refused.</summary>
    public static ContractsJson Strict => Instances.Strict;

    // A class of its own, so that the generated Default certainly exists before it is copied.
    private static class Instances
    {
        internal static readonly ContractsJson Lenient = new(Options());

        internal static readonly ContractsJson Strict = new(new JsonSerializerOptions(Options())
        {
            AllowDuplicateProperties = false,
            MaxDepth = ContractsJson.MaxDepth,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        });

        // Nothing here is ever pasted into HTML, and escaping would make most languages' messages three times as long.
        private static JsonSerializerOptions Options() => new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    }
}
