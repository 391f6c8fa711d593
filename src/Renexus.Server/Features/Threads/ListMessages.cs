using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>A stretch of a thread's history, newest last: the end of it, what came before a place, or what came after one.</summary>
internal static class ListMessages
{
    private static readonly Query<MessageRow> Before = new(
        "threads.messages_before",
        $"""
        select {MessageRow.Columns} from threads.message m
        where m.thread_id = $1 and m.version < $3 and m.deleted_at is null
          and exists (select from threads.visible v where v.id = $1 and v.viewer_id = $2)
        order by m.version desc
        limit $4
        """);

    internal static readonly Query<bool> IsVisible = new(
        "threads.is_visible", "select true from threads.visible v where v.id = $1 and v.viewer_id = $2");

    /// <summary>Whether a person sees a thread.</summary>
    public static Task<bool> MayReadAsync(Database database, Guid threadId, Guid userId, CancellationToken cancellationToken) =>
        database.QueryFirstAsync(Scope.Of(userId), IsVisible, [threadId, userId], cancellationToken);

    /// <summary>The newest messages up to a place, newest last.</summary>
    public static async Task<IReadOnlyList<Message>> UpToAsync(
        Database database, MessageAttachments attachments, Guid threadId, Guid userId, long version, int count, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Scope.Of(userId), Before, [threadId, userId, version + 1, count], cancellationToken);
        return [.. rows.Reverse().Select(row => row.ToMessage(attachments, userId))];
    }

    /// <param name="before">Messages with a lower version than this, the nearest ones.</param>
    /// <param name="after">Messages with a higher version than this, the nearest ones.</param>
    /// <param name="limit">1 to 200; 50 when absent.</param>
    /// <param name="cursor">The <c>next</c> of the page before: goes on in the same direction.</param>
    public static async Task<Results<JsonAnswer<Page<Message>>, ProblemHttpResult>> HandleAsync(
        Guid threadId, [Range(0, long.MaxValue)] long? before, [Range(0, long.MaxValue)] long? after,
        [Range(1, PageQuery.MaxLimit)] int? limit, string? cursor, Caller caller, HttpRequest request, MessageAttachments attachments, SeenThreads threads,
        MessagePages pages, CancellationToken cancellationToken)
    {
        if (cursor is not null && !TryRead(cursor, ref before, ref after))
            return Problems.Validation("cursor", "It is not a cursor that this list gave.");
        if (before is not null && after is not null)
            return Problems.Validation("after", "Ask either before a version or after one.");
        var take = limit ?? PageQuery.DefaultLimit;
        var (isForward, from) = after is { } a ? (true, a) : (false, before ?? long.MaxValue);

        if (await threads.FindAsync(threadId, caller.UserId, cancellationToken) is not { } version)
            return Problems.NotFound("thread", threadId);
        var (page, outcome) = await pages.GetAsync(new MessageStretch(threadId, isForward, from, take), version, cancellationToken);
        request.HttpContext.Response.SetCacheStatus(outcome, isKept: page.Json is not null);
        return page.For(caller.UserId, request, attachments);
    }

    private static bool TryRead(string cursor, ref long? before, ref long? after)
    {
        if (cursor.Length < 2 || !long.TryParse(cursor.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return false;
        (before, after) = cursor[0] switch
        {
            'b' => ((long?)version, (long?)null),
            'a' => (null, version),
            _ => (before, after),
        };
        return cursor[0] is 'a' or 'b';
    }
}
