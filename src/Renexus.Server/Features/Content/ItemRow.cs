using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>An item as one person sees it.</summary>
/// <param name="Beginning">Of the body, as far as an excerpt may need it.</param>
internal sealed record ItemRow(
    Guid Id, Guid WorkspaceId, string Kind, string Status, string Title, string[] Labels, Guid? AssigneeId, string Media, string Variants,
    DateTimeOffset? PlannedAt, Guid? ThreadId, Guid? ApprovedBy, DateTimeOffset? ApprovedAt, string? ApprovedHash, long Version, long Document,
    string Beginning, Guid? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt, string Role, long Head, long Epoch)
{
    /// <summary>The columns of a viewer's item called <c>v</c> and of its channel called <c>h</c>.</summary>
    public const string Columns = """
        v.id, v.workspace_id, v.kind, v.status, v.title, v.labels, v.assignee_id, v.media::text as media, v.variants::text as variants,
        v.planned_at, v.thread_id, v.approved_by, v.approved_at, v.approved_hash, v.version, v.document,
        left(v.text, 600) as beginning, v.created_by, v.created_at, v.updated_at, v.deleted_at, v.role,
        coalesce(h.version, 0) as head, coalesce(h.epoch, engine.epoch()) as epoch
        """;

    private const string Channel = "left join engine.channel h on h.kind = 4 and h.id = v.id";

    /// <summary>Items that are not in the trash. (4 is <c>Channels.ContentKind</c>.)</summary>
    public const string Select = $"select {Columns} from content.visible v {Channel} ";

    /// <summary>Those that are.</summary>
    public const string SelectTrashed = $"select {Columns} from content.trashed v {Channel} ";

    public Position Position => new(Head, Epoch);

    public ContentFields Fields => new(
        Kind, Status, Title, Labels, AssigneeId, ContentFields.Read<ContentMedia>(Media), ContentFields.Read<ContentVariant>(Variants), PlannedAt, ThreadId,
        ApprovedBy, ApprovedAt, ApprovedHash);

    /// <summary>The whole.</summary>
    public ContentItem ToItem(string body) => ToSummary() with { Excerpt = ExcerptOf(body), Body = body, Hash = Fields.HashWith(body) };

    /// <summary>For lists and announcements: without the body, and without what it takes the body to know.</summary>
    public ContentItem ToSummary() => new(
        Id, WorkspaceId, Kind, Status, Title, ExcerptOf(Beginning), Labels, AssigneeId, ContentFields.Read<ContentMedia>(Media),
        ContentFields.Read<ContentVariant>(Variants), PlannedAt, ThreadId, Version, Document, Head,
        ApprovedAt is { } at ? new ContentApproval(ApprovedBy, at) : null, CreatedBy, CreatedAt, UpdatedAt, DeletedAt: DeletedAt);

    /// <summary>The first words as one line, without the signs that begin lines of Markdown.</summary>
    private static string ExcerptOf(string body)
    {
        const int Longest = 200;
        var words = body.Length <= 600 ? body : Texts.Cut(body, 600);
        var lines = words.Split('\n').Select(line => line.Trim().TrimStart('#', '>', '*', '-', '+').Trim()).Where(line => line.Length > 0);
        var text = string.Join(' ', lines);
        return text.Length <= Longest ? text : Texts.Cut(text, Longest - 1) + "…";
    }
}

/// <summary>What of an item is not its text.</summary>
internal sealed record ContentFields(
    string Kind, string Status, string Title, string[] Labels, Guid? AssigneeId, ContentMedia[] Media, ContentVariant[] Variants,
    DateTimeOffset? PlannedAt, Guid? ThreadId, Guid? ApprovedBy, DateTimeOffset? ApprovedAt, string? ApprovedHash)
{
    /// <summary>Names exactly what people read and what would go out.</summary>
    public string HashWith(string body) => ContentHash.Of(Kind, Title, body, Variants, Media);

    public string ToJson() => JsonSerializer.Serialize(this, Json.Options);

    public static string Write<T>(IReadOnlyList<T>? list) => JsonSerializer.Serialize(list ?? [], Json.Options);

    public static ContentFields Read(string json) => JsonSerializer.Deserialize<ContentFields>(json, Json.Options)!;

    public static T[] Read<T>(string json) => JsonSerializer.Deserialize<T[]>(json, Json.Options)!;
}
