using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Notifications;

/// <summary>How a person wants to be told: of each kind in the app or not, by mail at once, in a digest or not at all; and when digests come.</summary>
internal static class NotificationChoices
{
    internal sealed record Stored(string Kinds, string Cadence, short Hour, short Weekday, string Zone, long Version);

    /// <summary>What differs from the defaults, of one kind.</summary>
    private sealed record Choice(bool? InApp, string? Email);

    // Everybody has them; until they are first changed they are these.
    private static readonly Stored Defaults = new("{}", "daily", Hour: 8, Weekday: 1, "UTC", Version: 1);

    private static readonly Query<Stored> OfUser = new("notifications.settings_of", """
        select kinds::text as kinds, cadence, hour, weekday, zone, version from notifications.settings where user_id = $1
        """);

    private static readonly Query<Stored> Put = new("notifications.put_settings", """
        insert into notifications.settings as s (user_id, kinds, cadence, hour, weekday, zone, version, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $8 + 1, $7, $7)
        on conflict (user_id) do update
        set kinds = excluded.kinds, cadence = excluded.cadence, hour = excluded.hour, weekday = excluded.weekday, zone = excluded.zone,
            version = s.version + 1, updated_at = excluded.updated_at
        where s.version = $8
        returning kinds::text as kinds, cadence, hour, weekday, zone, version
        """);

    public static async Task<Ok<NotificationSettings>> GetAsync(Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        var settings = await ReadAsync(database, caller.UserId, cancellationToken);
        response.SetVersion(settings.Version);
        return TypedResults.Ok(settings);
    }

    internal static async Task<NotificationSettings> ReadAsync(Database database, Guid userId, CancellationToken cancellationToken) =>
        Shown(await database.QueryFirstAsync(Scope.Of(userId), OfUser, [userId], cancellationToken) ?? Defaults);

    public static async Task<Results<Ok<NotificationSettings>, ProblemHttpResult>> UpdateAsync(
        UpdateNotificationSettingsRequest request, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (Refuse(request) is { } refusal)
            return refusal;

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var before = await work.QueryFirstAsync(OfUser, [caller.UserId], cancellationToken) ?? Defaults;
        if (ifMatch.Version is { } wanted && wanted != before.Version)
            return Problems.VersionConflict(Shown(before));

        var digest = request.Digest;
        var stored = await work.QueryFirstAsync(
            Put,
            [
                caller.UserId, Arg.Json(Merge(before.Kinds, request.Kinds ?? [])), digest?.Cadence ?? before.Cadence, (short)(digest?.Hour ?? before.Hour),
                (short)(digest?.Weekday ?? before.Weekday), digest?.TimeZone ?? before.Zone, now, before.Version,
            ],
            cancellationToken);
        if (stored is null)
            return Problems.Conflict("They were changed in the same moment; look at them and choose again.");

        var shown = Shown(stored);
        work.AnnounceToUser(caller.UserId, ChangeOp.Update, "notificationSettings", caller.UserId, shown, caller.UserId);
        work.RecordPersonal(AuditActions.NotificationSettingsChanged, caller.UserId, caller.UserId, after: new { stored.Version });
        await work.CommitAsync(now);
        response.SetVersion(stored.Version);
        return TypedResults.Ok(shown);
    }

    internal static NotificationSettings Shown(Stored stored)
    {
        var chosen = Read(stored.Kinds);
        return new(
            [.. NotificationKind.All.Select(kind => Shown(kind, chosen.GetValueOrDefault(kind.Name)))],
            new DigestInfo(stored.Cadence, stored.Hour, stored.Weekday, stored.Zone),
            stored.Version);
    }

    private static NotificationChoice Shown(NotificationKind kind, Choice? chosen) => kind.IsFixed
        ? new(kind.Name, kind.Title, InApp: true, NotificationKind.Now, IsFixed: true)
        : new(kind.Name, kind.Title, chosen?.InApp ?? true, chosen?.Email ?? kind.Email, IsFixed: false);

    private static ProblemHttpResult? Refuse(UpdateNotificationSettingsRequest request)
    {
        for (var i = 0; i < request.Kinds?.Count; i++)
        {
            var name = request.Kinds[i].Kind;
            switch (NotificationKind.Find(name))
            {
                case null:
                    return Problems.Validation($"kinds[{i}].kind", $"There is no kind {name}; the kinds are {string.Join(", ", NotificationKind.All.Select(kind => kind.Name))}.");
                case { IsFixed: true }:
                    return Problems.Validation($"kinds[{i}].kind", "What concerns the safety of the account always comes.");
            }
        }
        return request.Digest?.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)
            ? Problems.Validation("digest.timeZone", $"There is no time zone {zone}; use a name like Europe/Berlin.")
            : null;
    }

    private static string Merge(string kinds, IReadOnlyList<ChooseNotification> choices)
    {
        var chosen = Read(kinds);
        foreach (var choice in choices)
        {
            var before = chosen.GetValueOrDefault(choice.Kind!);
            chosen[choice.Kind!] = new Choice(choice.InApp ?? before?.InApp, choice.Email ?? before?.Email);
        }
        return JsonSerializer.Serialize(chosen, Json.Options);
    }

    private static Dictionary<string, Choice> Read(string kinds) => JsonSerializer.Deserialize<Dictionary<string, Choice>>(kinds, Json.Options)!;
}
