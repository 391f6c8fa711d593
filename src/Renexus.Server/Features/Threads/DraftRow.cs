using Renexus.Contracts;

namespace Renexus.Server.Features.Threads;

/// <summary>A draft, and the role of whose it is; the rest is empty where there is none yet.</summary>
internal sealed record DraftRow(Guid ThreadId, string Role, string? Body, Guid? ReplyTo, long? Version, DateTimeOffset? UpdatedAt)
{
    public const string Columns = "v.id as thread_id, v.role, d.body, d.reply_to, d.version, d.updated_at";

    public Draft ToDraft() => new(ThreadId, Body ?? "", ReplyTo, Version ?? 0, UpdatedAt);
}
