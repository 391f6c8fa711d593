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
        var stored = await work.QueryFirstAsync(Put, [caller.UserId, text, now, ifMatch.Version], cancellationToken);
        if (stored is null)
        {
            var current = await work.QueryFirstAsync(GetPreferences.OfUser, [caller.UserId], cancellationToken) ?? GetPreferences.None;
            return Problems.VersionConflict(JsonElement.Parse(current.Data));
        }

        work.AnnounceToUser(caller.UserId, ChangeOp.Update, "preferences", caller.UserId, preferences, caller.UserId);
        work.RecordPersonal(AuditActions.PreferencesReplaced, caller.UserId, caller.UserId, after: new { stored.Version });
        await work.CommitAsync(now);

        response.SetVersion(stored.Version);
        return TypedResults.Ok(preferences);
    }
}
