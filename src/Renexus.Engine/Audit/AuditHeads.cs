using Renexus.Engine.Storage;

namespace Renexus.Engine.Audit;

/// <summary>Where a chain stands.</summary>
public sealed record AuditHead(Guid Chain, long Seq, byte[] Hash);

/// <summary>Where the chains stand, and up to where they have been signed.</summary>
public sealed class AuditHeads(Database database)
{
    private static readonly Query<AuditHead> Unsigned = new("audit.unsigned", """
        select chain, seq, hash from engine.audit_chain where seq > checkpointed order by chain limit $1
        """);

    private static readonly Command Keep = new("audit.keep_checkpoint", """
        with kept as (
          insert into engine.audit_checkpoint (chain, seq, hash, at, public_key, signature)
          values ($1, $2, $3, $4, $5, $6)
          on conflict do nothing
        )
        update engine.audit_chain set checkpointed = greatest(checkpointed, $2) where chain = $1
        """);

    /// <summary>Chains that have grown since they were signed.</summary>
    public Task<IReadOnlyList<AuditHead>> UnsignedAsync(int limit, CancellationToken cancellationToken) =>
        database.QueryLogAsync(Unsigned, [limit], cancellationToken);

    /// <summary>Keeps the signature of a head; of two nodes that sign at once the first one's stays.</summary>
    public Task KeepAsync(AuditHead head, DateTimeOffset at, byte[] publicKey, byte[] signature, CancellationToken cancellationToken) =>
        database.ExecuteLogAsync(Keep, [head.Chain, head.Seq, head.Hash, at, publicKey, signature], cancellationToken);
}
