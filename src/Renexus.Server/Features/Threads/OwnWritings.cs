using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Threads;

/// <summary>What a person wrote, began to write, reacted with, and how far the person has read, for the person's own file (OR-4); also where the person has left.</summary>
internal static class OwnWritings
{
    private const int PageSize = 500;

    private sealed record Writing(
        Guid Id, Guid ThreadId, string Body, Guid? ReplyTo, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt);

    private sealed record Marker(Guid ThreadId, long Version, DateTimeOffset UpdatedAt);

    private static readonly Query<Writing> Messages = new("threads.own_messages", """
        select id, thread_id, body, reply_to, created_at, edited_at from threads.own_messages($1, $2)
        """);

    private static readonly Query<Marker> Markers = new("threads.own_markers", """
        select thread_id, version, updated_at from threads.read_marker where user_id = $1 order by thread_id
        """);

    private sealed record OwnReaction(Guid MessageId, Guid ThreadId, string Emoji, DateTimeOffset CreatedAt);

    private static readonly Query<OwnReaction> Reactions = new(
        "threads.own_reactions", "select message_id, thread_id, emoji, created_at from threads.own_reactions()");

    private sealed record OwnDraft(Guid ThreadId, string Body, Guid? ReplyTo, DateTimeOffset UpdatedAt);

    private static readonly Query<OwnDraft> Drafts = new("threads.own_drafts", """
        select thread_id, body, reply_to, updated_at from threads.draft
        where user_id = $1 and (body <> '' or reply_to is not null)
        order by updated_at, thread_id
        """);

    public static IEnumerable<PersonalData> Export =>
    [
        new("messages", IsOne: false, MessagesAsync),
        PersonalData.ListOf("readMarkers", Markers),
        new("reactions", IsOne: false, ReactionsAsync),
        PersonalData.ListOf("drafts", Drafts),
    ];

    private static async IAsyncEnumerable<object> MessagesAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var after = Guid.Empty;
        while (true)
        {
            var page = await database.QueryAsync(Scope.Of(userId), Messages, [after, PageSize], cancellationToken);
            foreach (var message in page)
                yield return message;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }

    private static async IAsyncEnumerable<object> ReactionsAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        foreach (var reaction in await database.QueryAsync(Scope.Of(userId), Reactions, [], cancellationToken))
            yield return reaction;
    }
}
