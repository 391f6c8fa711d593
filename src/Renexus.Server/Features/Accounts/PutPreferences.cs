using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

internal static class PutPreferences
{
    private static readonly Query<GetPreferences.Preferences> Put = new("accounts.put_preferences", """
        insert into accounts.preferences as p (user_id, data, created_at, updated_at)
        select $1, $2::json, $3, $3
        where $4::bigint is null or $4 = coalesce((select version from accounts.preferences where user_id = $1), 0)
        on conflict (user_id) do update
        set data = excluded.data, version = p.version + 1, updated_at = excluded.updated_at
        where $4::bigint is null or p.version = $4
        returning data::text as data, version
        """);

    /// <summary>Replaces them in a transaction that the caller commits; null when they have another version than <paramref name="ifMatch"/>.</summary>
    public static async Task<GetPreferences.Preferences?> StoreAsync(
        Work work, Guid userId, string text, long? ifMatch, DateTimeOffset now, string? cause, CancellationToken cancellationToken)
    {
        var stored = await work.QueryFirstAsync(Put, [userId, text, now, ifMatch], cancellationToken);
        if (stored is null)
            return null;
        work.Announce(new NewChange(
            Channels.User(userId), WorkspaceId: null, ChangeOp.Update, "preferences", userId, Encoding.UTF8.GetBytes(text), userId, cause));
        work.RecordPersonal(AuditActions.PreferencesReplaced, userId, userId, after: new { stored.Version });
        return stored;
    }

    public static async Task<Results<Ok<JsonElement>, ProblemHttpResult>> HandleAsync(
        JsonElement preferences, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, RenexusOptions options,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (preferences.ValueKind is not JsonValueKind.Object)
            return Problems.Validation("$", "Preferences are a JSON object.");
        var text = preferences.GetRawText();
        if (Encoding.UTF8.GetByteCount(text) > options.Limits.PreferencesBytes)
            return Problems.Of(ProblemCode.PayloadTooLarge, $"Preferences are at most {options.Limits.PreferencesBytes} bytes.");

        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var stored = await StoreAsync(work, caller.UserId, text, ifMatch.Version, now, cause: null, cancellationToken);
        if (stored is null)
        {
            var current = await work.QueryFirstAsync(GetPreferences.OfUser, [caller.UserId], cancellationToken) ?? GetPreferences.None;
            return Problems.VersionConflict(JsonElement.Parse(current.Data));
        }

        await work.CommitAsync(now);

        response.SetVersion(stored.Version);
        return TypedResults.Ok(preferences);
    }
}
