using System.Globalization;
using Renexus.Contracts;
using Renexus.Engine.Cache;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>
/// Pages of threads' histories, kept by the version of the thread's channel: all that changes a page moves it (docs/spec/cache.md, Pages).
/// Who asks has been authorized by the look-up that told the version (<see cref="SeenThreads"/>); what a page holds is the same for everybody.
/// </summary>
internal sealed class MessagePages(Database database, ThreadDirectory directory, MessageAttachments attachments, TimeProvider clock)
{
    private static readonly Query<MessageRow> Before = new(
        "threads.page_before",
        $"""
        select {MessageRow.Columns} from threads.message m
        where m.thread_id = $1 and m.version < $2 and m.deleted_at is null
        order by m.version desc
        limit $3
        """);

    private static readonly Query<MessageRow> After = new(
        "threads.page_after",
        $"""
        select {MessageRow.Columns} from threads.message m
        where m.thread_id = $1 and m.version > $2 and m.deleted_at is null
        order by m.version
        limit $3
        """);

    private readonly VersionedCache<MessageStretch, MessagePage> kept = new(new VersionedCacheOptions { Name = "messages" }, clock);

    /// <summary>A page as it was at this version of the thread, or later.</summary>
    public ValueTask<Cached<MessagePage>> GetAsync(MessageStretch stretch, Position version, CancellationToken cancellationToken) =>
        kept.GetAsync(stretch, version, LoadAsync, cancellationToken);

    private async Task<Loaded<MessagePage>> LoadAsync(MessageStretch stretch)
    {
        var (thread, isForward, from, take) = stretch;
        var workspaces = await directory.WorkspacesOfAsync([thread], CancellationToken.None);
        var rows = await database.QueryAsync(Scope.In([.. workspaces]), isForward ? After : Before, [thread, from, take + 1], CancellationToken.None);
        MessageRow[] page = [.. rows.Take(take)];
        if (!isForward)
            Array.Reverse(page);
        var next = rows.Count <= take ? null
            : string.Create(CultureInfo.InvariantCulture, $"{(isForward ? 'a' : 'b')}{(isForward ? page[^1] : page[0]).Version}");
        // Links to files are made for each reader.
        if (page.Any(static row => row.Attachments is not null))
            return new(new MessagePage(page, next, Json: null), Bytes: null);
        var json = Json.Utf8(new Page<Message>([.. page.Select(row => row.ToMessage(attachments, Guid.Empty))], next));
        return new(new MessagePage([], next, json), json.Length);
    }
}

/// <summary>Which messages of a thread: so many before or after a place in it.</summary>
internal readonly record struct MessageStretch(Guid ThreadId, bool IsForward, long From, int Take);

/// <summary>A page, oldest first.</summary>
/// <param name="Rows">Its messages, where each reader needs an answer of its own.</param>
/// <param name="Json">The whole answer, where it is the same for everybody.</param>
internal sealed record MessagePage(IReadOnlyList<MessageRow> Rows, string? Next, byte[]? Json)
{
    /// <summary>The answer for one reader.</summary>
    public JsonAnswer<Page<Message>> For(Guid readerId, HttpRequest request, MessageAttachments attachments) => Json is { } kept
        ? new(kept)
        : JsonAnswer<Page<Message>>.Of(new Page<Message>([.. Rows.Select(row => row.ToMessage(attachments, readerId, request))], Next));
}
