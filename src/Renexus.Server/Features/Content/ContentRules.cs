using System.Globalization;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content;

/// <summary>What holds for an item's fields beyond what their attributes say.</summary>
internal static class ContentRules
{
    private const int LongestLabel = 50;
    private static readonly SingleLineAttribute OneLine = new();

    private static readonly Query<bool> IsMember = new(
        "content.is_assignable", "select true from workspaces.member m where m.workspace_id = $1 and m.user_id = $2");

    // A private thread is its participants' alone; even that it exists.
    private static readonly Query<bool> IsOpenThread = new(
        "content.is_open_thread", "select true from threads.openness t where t.id = $1 and t.workspace_id = $2 and not t.is_private");

    // A file of a private thread is its participants' alone.
    private static readonly Query<Guid> ReadyFiles = new(
        "content.ready_files", "select f.id from files.ready f where f.id = any ($1) and f.workspace_id = $2 and f.thread_id is null");

    /// <summary>For who may only read.</summary>
    public static CodedProblem MayNotWrite => new(ProblemCode.Forbidden, "Viewers read; ask an admin for the role of an editor to write.");

    public static CodedProblem NoMember => Problems.Invalid("assigneeId", "It must be a member of the workspace; invite the person first.");

    public static CodedProblem NoThread => Problems.Invalid("threadId", "It must be a thread of this workspace that everybody in it sees.");

    /// <summary>There is no such item, or none for who asks.</summary>
    public static CodedProblem Missing(Guid itemId) => new(ProblemCode.NotFound, $"There is no content {itemId}.");

    /// <summary>The labels without white space around them, each once.</summary>
    public static Outcome<string[]> Labels(IReadOnlyList<string> labels)
    {
        var clean = new List<string>(labels.Count);
        for (var i = 0; i < labels.Count; i++)
        {
            var label = labels[i]?.Trim();
            if (label is not { Length: > 0 and <= LongestLabel } || !OneLine.IsValid(label))
                return Problems.Invalid(Element("labels", i), $"A label is visible text on one line, of 1 to {LongestLabel} characters.");
            if (!clean.Contains(label, StringComparer.OrdinalIgnoreCase))
                clean.Add(label);
        }
        return clean.ToArray();
    }

    public static CodedProblem? RefusalOf(IReadOnlyList<ContentVariant>? variants)
    {
        var platforms = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (variants?.Count ?? 0); i++)
        {
            if (variants![i] is not { Platform: { } platform })
                return Problems.Invalid(Element("variants", i), "It is required.");
            if (!platforms.Add(platform))
                return Problems.Invalid(Element("variants", i) + ".platform", "There is one text for each platform.");
        }
        return null;
    }

    public static CodedProblem? RefusalOf(string? body, int longest) => body?.Length > longest
        ? new CodedProblem(ProblemCode.PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"The body has {body.Length} characters; {longest} are the most. Split it into several items."))
        : null;

    /// <summary>What an item refers to must be there for everybody who sees the item.</summary>
    /// <param name="held">The files that go with it already: what became of them since is not this request's to answer for.</param>
    public static async Task<CodedProblem?> RefusalOfReferencesAsync(
        Work work, Guid workspaceId, Guid? assigneeId, Guid? threadId, IReadOnlyList<ContentMedia>? media, IReadOnlyList<ContentMedia> held,
        CancellationToken cancellationToken)
    {
        if (assigneeId is { } assignee && !await work.QueryFirstAsync(IsMember, [workspaceId, assignee], cancellationToken))
            return NoMember;
        if (threadId is { } thread && !await work.QueryFirstAsync(IsOpenThread, [thread, workspaceId], cancellationToken))
            return NoThread;
        if (media is not { Count: > 0 })
            return null;
        var ready = await work.QueryAsync(ReadyFiles, [media.Select(file => file.FileId!.Value).ToArray(), workspaceId], cancellationToken);
        var missing = media.ToList().FindIndex(file => !ready.Contains(file.FileId!.Value) && !held.Any(one => one.FileId == file.FileId));
        return missing < 0 ? null : Problems.Invalid(Element("media", missing) + ".fileId", "There is no such file in this workspace that is ready and seen by everybody.");
    }

    private static string Element(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");
}
