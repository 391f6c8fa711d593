using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

internal static class GetPreferences
{
    internal sealed record Preferences(string Data, long Version);

    internal static readonly Query<Preferences> OfUser = new("accounts.preferences_of", """
        select data::text as data, version from accounts.preferences where user_id = $1
        """);

    // Everybody has preferences; until they are first written they are empty.
    internal static readonly Preferences None = new("{}", Version: 0);

    public static async Task<Ok<JsonElement>> HandleAsync(
        Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        var preferences = await database.QueryFirstAsync(Scope.Of(caller.UserId), OfUser, [caller.UserId], cancellationToken) ?? None;
        response.SetVersion(preferences.Version);
        return TypedResults.Ok(JsonElement.Parse(preferences.Data));
    }
}
