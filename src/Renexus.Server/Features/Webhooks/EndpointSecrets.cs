using System.Security.Cryptography;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Webhooks;

/// <summary>What an endpoint's deliveries are signed with: <c>whsec_</c> and base64 of 32 random bytes, encrypted where it is kept (SE-3).</summary>
internal sealed class EndpointSecrets(SecretFields secrets)
{
    public static readonly SecretColumn Column = new("webhooks.secret", "value");

    /// <summary>How long the secret before goes on signing, so that a receiver can change over without losing anything.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    private const string Prefix = "whsec_";
    private const int Bytes = 32;

    private static readonly Command Insert = new("webhooks.insert_secret", """
        insert into webhooks.secret (id, endpoint_id, workspace_id, value, created_at) values ($1, $2, $3, $4, $5)
        """);

    // Of those before only the last one signs on.
    private static readonly Command Retire = new("webhooks.retire_secrets", """
        with gone as (
          delete from webhooks.secret s where s.endpoint_id = $1 and s.expires_at is not null
        )
        update webhooks.secret s set expires_at = $2 where s.endpoint_id = $1 and s.expires_at is null
        """);

    private static readonly Query<SecretRow> Current = new("webhooks.secrets", """
        select s.id, s.value
        from webhooks.secret s
        where s.endpoint_id = $1 and (s.expires_at is null or s.expires_at > $2)
        order by s.expires_at nulls first
        """);

    /// <summary>Makes one; what is returned is shown once. Those before sign until <see cref="Overlap"/> is over.</summary>
    public async Task<string> MakeAsync(Work work, Guid endpointId, Guid workspaceId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        var value = RandomNumberGenerator.GetBytes(Bytes);
        await work.ExecuteAsync(Retire, [endpointId, now + Overlap], cancellationToken);
        await work.ExecuteAsync(Insert, [id, endpointId, workspaceId, secrets.Encrypt(Column, id, value), now], cancellationToken);
        return Prefix + Convert.ToBase64String(value);
    }

    /// <summary>The keys to sign with, the newest first.</summary>
    public async Task<IReadOnlyList<byte[]>> OfAsync(Database database, Guid endpointId, Guid workspaceId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Scope.In(workspaceId), Current, [endpointId, now], cancellationToken);
        return [.. rows.Select(row => secrets.Decrypt(Column, row.Id, row.Value))];
    }

    private sealed record SecretRow(Guid Id, byte[] Value);
}
