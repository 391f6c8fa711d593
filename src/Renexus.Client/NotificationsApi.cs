using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>What a person is told, and how (NO-1). New ones arrive on <c>user:ID</c> as changes of <c>notification</c>.</summary>
public sealed class NotificationsApi
{
    private readonly ApiConnection api;

    internal NotificationsApi(ApiConnection api) => this.api = api;

    /// <summary>One page, newest first, with how many are not read on all pages.</summary>
    public Task<NotificationPage> ListAsync(bool unreadOnly = false, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query("api/notifications", ("unread", unreadOnly ? "true" : null), ("limit", limit), ("cursor", cursor)),
            ContractsJson.Lenient.NotificationPage, cancellationToken);

    /// <summary>Marks these read, on all devices; 200 at the most.</summary>
    public Task MarkReadAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken = default) =>
        MarkReadAsync(new ReadNotificationsRequest { Ids = ids }, cancellationToken);

    /// <summary>Marks one and all older ones read.</summary>
    public Task MarkReadUpToAsync(Guid id, CancellationToken cancellationToken = default) =>
        MarkReadAsync(new ReadNotificationsRequest { UpTo = id }, cancellationToken);

    /// <summary>Marks read whatever there is at this moment.</summary>
    public Task MarkAllReadAsync(CancellationToken cancellationToken = default) => MarkReadAsync(new ReadNotificationsRequest(), cancellationToken);

    /// <summary>How one is told of what.</summary>
    public Task<NotificationSettings> GetSettingsAsync(CancellationToken cancellationToken = default) =>
        api.GetAsync("api/notifications/settings", ContractsJson.Lenient.NotificationSettings, cancellationToken);

    /// <summary>Chooses how one is told of what; absent members stay as they are.</summary>
    /// <param name="change">What shall be different.</param>
    /// <param name="version">Only if they are still at this version; else <see cref="ProblemCodes.PreconditionFailed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<NotificationSettings> ChangeSettingsAsync(
        UpdateNotificationSettingsRequest change, long? version = null, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch, "api/notifications/settings", change, ContractsJson.Lenient.UpdateNotificationSettingsRequest, ContractsJson.Lenient.NotificationSettings,
            cancellationToken, version);

    private Task MarkReadAsync(ReadNotificationsRequest which, CancellationToken cancellationToken) =>
        api.SendAsync(
            HttpMethod.Post, "api/notifications/read",
            System.Net.Http.Json.JsonContent.Create(which, ContractsJson.Lenient.ReadNotificationsRequest), cancellationToken);
}
