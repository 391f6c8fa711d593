using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>What a request makes of an item: its fields after it, its text where that changes, and what of them changed (docs/spec/content.md).</summary>
/// <param name="Body">The text after it; null when it stays.</param>
/// <param name="Changed">Names of what changed; empty when nothing does.</param>
/// <param name="VoidsApproval">Whether it takes an approval back that it was not asked to.</param>
internal sealed record ContentChange(ContentFields Fields, string? Body, IReadOnlyList<string> Changed, bool VoidsApproval)
{
    public bool Has(string name) => Changed.Contains(name, StringComparer.Ordinal);

    public bool IsApproval(ContentFields before) => Fields.Status is ContentStatuses.Approved && before.Status is not ContentStatuses.Approved;

    /// <param name="isBound">Whether the request says which version it is about, and that is the one there is.</param>
    public static Outcome<ContentChange> Decide(
        ContentFields before, string body, PatchContentRequest request, bool isBound, Guid userId, DateTimeOffset now)
    {
        if (ContentRules.Labels(request.Labels ?? before.Labels).Failed(out var problem, out var labels))
            return problem;
        if (ContentRules.RefusalOf(request.Variants) is { } refusal)
            return refusal;
        var after = before with
        {
            Kind = request.Kind ?? before.Kind,
            Title = request.Title?.Trim() ?? before.Title,
            Labels = labels,
            AssigneeId = request.AssigneeId.Or(before.AssigneeId),
            Media = request.Media is { } media ? [.. media] : before.Media,
            Variants = request.Variants is { } variants ? [.. variants] : before.Variants,
            PlannedAt = request.PlannedAt.Or(before.PlannedAt),
            ThreadId = request.ThreadId.Or(before.ThreadId),
        };
        var text = request.Body is { } given && ItemText.Normalize(given) is var whole && !string.Equals(whole, body, StringComparison.Ordinal) ? whole : null;
        var changed = Compare(before, after, text is not null).ToList();
        var isOther = changed.Exists(name => name is "kind" or "title" or "body" or "media" or "variants");
        if (DecideStatus(before, after, body, request, isBound, isOther, userId, now).Failed(out problem, out after))
            return problem;
        if (!string.Equals(before.Status, after.Status, StringComparison.Ordinal))
            changed.Add("status");
        return new ContentChange(after, text, changed, isOther && before.Status is ContentStatuses.Approved);
    }

    private static Outcome<ContentFields> DecideStatus(
        ContentFields before, ContentFields after, string body, PatchContentRequest request, bool isBound, bool isOther, Guid userId, DateTimeOffset now)
    {
        var wanted = request.Status ?? before.Status;
        if (wanted is ContentStatuses.Approved && request.Status is not null)
        {
            if (isOther)
                return Problems.Invalid("status", "Approve what is there, or change it: not both at once.");
            if (request.Hash is null && !isBound)
                return Problems.Invalid("hash", "Say what you approve: the hash that you read, or its version in If-Match.");
            if (request.Hash is { } hash && !string.Equals(hash, before.HashWith(body), StringComparison.OrdinalIgnoreCase))
                return new CodedProblem(ProblemCode.Conflict, "It was changed since you read it; current is what it is now. Read it again, then approve.");
        }
        // What was approved and is changed is approved no more.
        if (isOther && before.Status is ContentStatuses.Approved && wanted is ContentStatuses.Approved)
            wanted = ContentStatuses.Draft;
        return (before.Status, wanted) switch
        {
            var (was, to) when was == to => after,
            (ContentStatuses.Draft, ContentStatuses.InReview) => after with { Status = wanted },
            (ContentStatuses.InReview, ContentStatuses.Draft) => after with { Status = wanted },
            (ContentStatuses.InReview, ContentStatuses.Approved) => after with
            {
                Status = wanted,
                ApprovedBy = userId,
                ApprovedAt = now,
                ApprovedHash = before.HashWith(body),
            },
            (ContentStatuses.Approved, ContentStatuses.Draft) => after with { Status = wanted, ApprovedBy = null, ApprovedAt = null, ApprovedHash = null },
            _ => new CodedProblem(ProblemCode.Conflict, $"From {before.Status} there is no way to {wanted}: a draft goes into review, and from there it is approved."),
        };
    }

    private static IEnumerable<string> Compare(ContentFields before, ContentFields after, bool isOtherText)
    {
        if (before.Kind != after.Kind) yield return "kind";
        if (before.Title != after.Title) yield return "title";
        if (isOtherText) yield return "body";
        if (!before.Labels.SequenceEqual(after.Labels)) yield return "labels";
        if (before.AssigneeId != after.AssigneeId) yield return "assignee";
        if (!before.Media.SequenceEqual(after.Media)) yield return "media";
        if (!before.Variants.SequenceEqual(after.Variants)) yield return "variants";
        if (before.PlannedAt != after.PlannedAt) yield return "plannedAt";
        if (before.ThreadId != after.ThreadId) yield return "thread";
    }
}
