using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// What the audit trail keeps of threads and messages. Admins read it, and a private thread is its participants' alone: of that only
/// who did what and when, not the words.
/// </summary>
internal static class ThreadAudit
{
    public static void RecordThread(this Work work, AuditAction action, ThreadRow thread, ThreadRow? before, ThreadRow? after) =>
        work.Record(action, thread.WorkspaceId, thread.Id, Describe(before), Describe(after));

    public static void RecordMessage(this Work work, AuditAction action, EditMessage.EditableRow message, string? after) =>
        work.Record(action, message.WorkspaceId, message.Id, Describe(message, message.Body), after is null ? null : Describe(message, after));

    private static object? Describe(ThreadRow? thread) => thread is null ? null
        : thread.IsPrivate ? new { archived = thread.IsArchived, isPrivate = true }
        : new { thread.Title, archived = thread.IsArchived };

    private static object Describe(EditMessage.EditableRow message, string body) => message.IsPrivate
        ? new { message.ThreadId, message.AuthorId, isPrivate = true }
        : new { message.ThreadId, message.AuthorId, body };
}
