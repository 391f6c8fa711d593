using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts.Factors;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Keys;

/// <summary>Draws a key and shows it, this once; its hash is what is kept.</summary>
internal static class CreateKey
{
    /// <summary>More than anybody keeps track of.</summary>
    private const int Most = 100;

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    private static readonly FactorEvent Made = new(
        "authn_token_created", "A new API key", "An API key was made for your account: a program that has it can do what its scopes say, in your name.");

    private static readonly Query<ApiKey> Insert = new("accounts.create_key", """
        insert into accounts.api_key (id, user_id, name, hash, prefix, scopes, created_at, expires_at)
        select $1, $2, $3, $4, $5, $6, $7, $8
        where (select count(*) from accounts.api_key where user_id = $2 and revoked_at is null) < $9
        returning id, name, scopes, prefix, expires_at, created_at, last_used_at
        """);

    public static async Task<Results<Created<NewApiKey>, ProblemHttpResult>> HandleAsync(
        CreateApiKeyRequest request, Caller caller, Database database, FactorNews news, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        string[] scopes = [.. request.Scopes!.Distinct(StringComparer.Ordinal)];
        if (scopes.Except(KeyScopes.All, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return Problems.Validation("scopes", $"There is no scope {unknown}; there are {string.Join(", ", KeyScopes.All)}.");
        if (request.ExpiresAt <= now || request.ExpiresAt > now + LongestLife)
            return Problems.Validation("expiresAt", $"A key lives for at most {LongestLife.Days} days from now.");

        var text = KeyText.New();
        await using var work = await database.BeginAsync(Scope.Of(caller.UserId), cancellationToken);
        var key = await work.QueryFirstAsync(
            Insert,
            [
                Guid.CreateVersion7(now), caller.UserId, request.Name!.Trim(), KeyText.Hash(text), KeyText.Shown(text), scopes, now,
                request.ExpiresAt!.Value, Most,
            ],
            cancellationToken);
        if (key is null)
            return Problems.Conflict($"A person has at most {Most} keys; revoke one that is no longer used.");

        work.RecordPersonal(AuditActions.KeyMade, caller.UserId, key.Id, after: new { key.Name, key.Scopes, key.ExpiresAt });
        work.AnnounceToUser(caller.UserId, ChangeOp.Create, "key", key.Id, key, caller.UserId);
        await news.TellAsync(work, caller.UserId, Made, cancellationToken);
        await work.CommitAsync(now);

        return TypedResults.Created(
            (string?)null, new NewApiKey(key.Id, key.Name, key.Scopes, key.Prefix, key.ExpiresAt, key.CreatedAt, key.LastUsedAt, text));
    }
}
