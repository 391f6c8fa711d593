using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Threads;

/// <summary>A message that has not been given its place yet.</summary>
/// <param name="Cause">The request's id, when it had one.</param>
/// <param name="Mentions">Whom it names; whoever of them does not see the thread is not mentioned.</param>
/// <param name="Head">The message as JSON without its end: the version, which is its place, closes it.</param>
internal sealed record MessageDraft(
    Guid Id, Guid ThreadId, Guid WorkspaceId, Guid AuthorId, string Body, Guid? ReplyTo, IReadOnlyList<Guid> Mentions, IReadOnlyList<Attachment> Attachments,
    string? Cause, DateTimeOffset At, string Head)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static MessageDraft Of(
        Guid threadId, Guid workspaceId, Guid authorId, PostMessageRequest request, IReadOnlyList<Guid> mentions, IReadOnlyList<Attachment> attachments, string? cause,
        DateTimeOffset at)
    {
        var id = request.Id ?? (cause is null ? Guid.CreateVersion7(at) : RequestIds.ToResourceId(authorId, cause));
        return new MessageDraft(
            id, threadId, workspaceId, authorId, request.Body!, request.ReplyTo, mentions, attachments, cause, at, HeadOf(id, threadId, authorId, request, attachments, at));
    }

    /// <summary>Somebody is to be told of it: it names or answers them.</summary>
    public bool ConcernsSomebody => Mentions.Count > 0 || ReplyTo is not null;

    /// <summary>Its files as an array of PostgreSQL's; null when it has none.</summary>
    public string? AttachmentIds => Attachments.Count == 0 ? null : $"{{{string.Join(',', Attachments.Select(attachment => attachment.Id))}}}";

    /// <summary>The message at its place.</summary>
    public byte[] PlacedAt(long place) => Encoding.UTF8.GetBytes($"{Head},\"version\":{place}}}");

    private static string HeadOf(Guid id, Guid threadId, Guid authorId, PostMessageRequest request, IReadOnlyList<Attachment> attachments, DateTimeOffset at)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + request.Body!.Length);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("threadId"u8, threadId);
        writer.WriteString("authorId"u8, authorId);
        writer.WriteString("body"u8, request.Body);
        if (request.ReplyTo is { } replyTo)
            writer.WriteString("replyTo"u8, replyTo);
        else
            writer.WriteNull("replyTo"u8);
        writer.WriteStartArray("attachments"u8);
        foreach (var attachment in attachments)
            JsonSerializer.Serialize(writer, attachment, ContractsJson.Lenient.Attachment);
        writer.WriteEndArray();
        writer.WriteStartArray("reactions"u8);
        writer.WriteEndArray();
        writer.WriteString("createdAt"u8, UtcMillisecondsConverter.ToText(at));
        writer.WriteNull("editedAt"u8);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
