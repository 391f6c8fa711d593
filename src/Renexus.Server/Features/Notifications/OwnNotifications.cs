using System.Runtime.CompilerServices;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Notifications;

/// <summary>What a person was told, for the person's own file (OR-4).</summary>
internal static class OwnNotifications
{
    private const int PageSize = 500;

    private sealed record Own(Guid Id, string Kind, string Title, string? Body, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt);

    private static readonly Query<Own> Mine = new("notifications.own", """
        select id, kind, title, body, created_at, read_at from notifications.notification where user_id = $1 and id > $2 order by id limit $3
        """);

    public static PersonalData Export => new("notifications", IsOne: false, ReadAsync);

    public static PersonalData ExportSettings => new("notificationSettings", IsOne: true, ReadSettingsAsync);

    private static async IAsyncEnumerable<object> ReadSettingsAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await NotificationChoices.ReadAsync(services.GetRequiredService<Database>(), userId, cancellationToken);
    }

    private static async IAsyncEnumerable<object> ReadAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        var after = Guid.Empty;
        while (true)
        {
            var page = await database.QueryAsync(Scope.Of(userId), Mine, [userId, after, PageSize], cancellationToken);
            foreach (var one in page)
                yield return one;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }
}
