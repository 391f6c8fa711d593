using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Accounts;

/// <summary>Preferences, changed offline: each member is a field of its own, of which the last writer's stands; null takes it away.</summary>
internal sealed class PreferencesSync(Database database, RenexusOptions options, TimeProvider clock) : ISyncResource
{
    private static readonly Command Lock = new("accounts.lock_user", "select from accounts.user_account where id = $1 for no key update");

    public string Name => "preferences";

    public string? OperationOf(ChangeOp op) => op == ChangeOp.Update ? "PUT /api/me/preferences" : null;

    public async Task<SyncAnswer> ApplyAsync(SyncWrite write, CancellationToken cancellationToken)
    {
        var user = write.Caller.UserId;
        if (write.Data is not { ValueKind: JsonValueKind.Object } fields)
            return SyncAnswer.Refused(Problems.Invalid("data", "Preferences are a JSON object."));
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(Scope.Of(user), cancellationToken);
        await work.ExecuteAsync(Lock, [user], cancellationToken);
        var before = await work.QueryFirstAsync(GetPreferences.OfUser, [user], cancellationToken) ?? GetPreferences.None;
        var merged = JsonNode.Parse(before.Data)!.AsObject();
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null)
                merged.Remove(field.Name);
            else
                merged[field.Name] = JsonNode.Parse(field.Value.GetRawText());
        }
        var text = merged.ToJsonString(Json.Options);
        if (Encoding.UTF8.GetByteCount(text) > options.Limits.PreferencesBytes)
            return SyncAnswer.Refused(new CodedProblem(ProblemCode.PayloadTooLarge, $"Preferences are at most {options.Limits.PreferencesBytes} bytes."));
        var stored = await PutPreferences.StoreAsync(work, user, text, ifMatch: null, now, write.Id, cancellationToken);
        await work.CommitAsync(now);
        return SyncAnswer.Done(
            user, stored!.Version, JsonElement.Parse(text), isMerged: write.Base is { } version && version != before.Version);
    }
}
