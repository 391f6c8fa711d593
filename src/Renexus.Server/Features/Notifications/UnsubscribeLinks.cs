using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Notifications;

/// <summary>
/// The way out that each mail carries (RFC 2369, and RFC 8058 for one click): 256 random bits, kept as a hash, that end such mails to that person and open nothing else. They
/// stay good however often they are used, because mail programs follow them more than once.
/// </summary>
internal sealed class UnsubscribeLinks(Database database, RenexusOptions options, TimeProvider clock)
{
    private const int Bytes = 32;

    private sealed record Ended(Guid UserId, string? Kind, string Kinds, string Cadence, short Hour, short Weekday, string Zone, long Version);

    private static readonly Command Issue = new("notifications.issue_unsubscribe_link", """
        insert into notifications.unsubscribe_link (hash, user_id, kind, issued_at) values ($1, $2, $3, $4)
        """);

    private static readonly Query<Ended> Follow = new("notifications.unsubscribe", """
        select user_id, kind, kinds, cadence, hour, weekday, zone, version from notifications.unsubscribe($1, $2, $3, $4)
        """);

    private static readonly string[] Kinds = [.. NotificationKind.All.Where(kind => !kind.IsFixed).Select(kind => kind.Name)];
    private static readonly string[] Defaults = [.. NotificationKind.All.Where(kind => !kind.IsFixed).Select(kind => kind.Email)];

    /// <summary>The address for a mail that is being written.</summary>
    /// <param name="kind">Null: digests.</param>
    public async Task<string> IssueAsync(Guid userId, string? kind, CancellationToken cancellationToken)
    {
        var token = RandomNumberGenerator.GetBytes(Bytes);
        await database.ExecuteAsync(Scope.Of(userId), Issue, [SHA256.HashData(token), userId, kind, clock.GetUtcNow()], cancellationToken);
        return $"{options.PublicUrl}/api/notifications/unsubscribe?token={Base64Url.EncodeToString(token)}";
    }

    /// <summary>A click in a mail: shows the page that asks. Programs that look at links in advance change nothing by it.</summary>
    public static RedirectHttpResult Show(string? token) => TypedResults.Redirect($"/unsubscribe?token={Uri.EscapeDataString(token ?? "")}");

    /// <summary>The one click of RFC 8058, and the page's button.</summary>
    public static async Task<Results<Ok<Unsubscribed>, ProblemHttpResult>> FollowAsync(
        string? token, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var bytes = new byte[Bytes];
        if (token?.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.TryDecodeFromChars(token, bytes, out var count) || count != Bytes)
            return Gone;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        if (await work.QueryFirstAsync(Follow, [SHA256.HashData(bytes), Kinds, Defaults, now], cancellationToken) is not { } ended)
            return Gone;
        var settings = NotificationChoices.Shown(new(ended.Kinds, ended.Cadence, ended.Hour, ended.Weekday, ended.Zone, ended.Version));
        work.AnnounceToUser(ended.UserId, ChangeOp.Update, "notificationSettings", ended.UserId, settings, actor: null);
        work.RecordPersonal(AuditActions.NotificationSettingsChanged, ended.UserId, ended.UserId, after: new { email = NotificationKind.Off, ended.Kind });
        await work.CommitAsync(now);
        return TypedResults.Ok(new Unsubscribed(ended.Kind, NotificationKind.Find(ended.Kind)?.Title ?? "Digests"));
    }

    private static ProblemHttpResult Gone =>
        Problems.Of(ProblemCode.NotFound, "This link is not known, or older than a year. Sign in and choose under Settings, Notifications.");
}
