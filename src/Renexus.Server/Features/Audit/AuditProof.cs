using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Audit;

/// <summary>
/// How far the trail is sealed and signed, and whether its newest checkpoints still fit: what an operator looks at. That every entry fits is for
/// <c>audit verify</c>, which reads them all.
/// </summary>
internal static class AuditProof
{
    private const int MostFindings = 100;

    private sealed record State(long Chains, long Entries, long Waiting, long Unsigned);

    private sealed record Newest(Guid Chain, long Seq, byte[] Hash, DateTimeOffset At, byte[] PublicKey, byte[] Signature, byte[]? EntryHash, long ChainSeq);

    // A chain's places are counted without a gap, so where the chains stand is how many there are.
    private static readonly Query<State> StateOf = new("audit.proof_state", """
        select count(*) as chains, coalesce(sum(seq), 0)::bigint as entries,
               (select count(*) from (select from engine.audit_entry where seq is null limit 10000) w) as waiting,
               coalesce(sum(seq - checkpointed), 0)::bigint as unsigned
        from engine.audit_chain
        """);

    private static readonly Query<Newest> NewestOf = new("audit.newest_checkpoints", """
        select k.chain, k.seq, k.hash, k.at, k.public_key, k.signature, e.hash as entry_hash, c.seq as chain_seq
        from engine.audit_chain c
        cross join lateral (select * from engine.audit_checkpoint p where p.chain = c.chain order by p.seq desc limit 1) k
        left join engine.audit_entry e on e.chain = k.chain and e.seq = k.seq
        where ($1::uuid is null or c.chain > $1) order by c.chain limit 500
        """);

    public static async Task<Results<Ok<AuditProofState>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, AuditKey key, CancellationToken cancellationToken)
    {
        if (await OpsAudit.RefuseAsync(database, caller, cancellationToken) is { } refusal)
            return refusal;

        var state = (await database.QueryLogAsync(StateOf, [], cancellationToken))[0];
        var (findings, checkpoints, last) = (new List<AuditProofFinding>(), 0L, (DateTimeOffset?)null);
        for (Guid? after = null; ;)
        {
            var page = await database.QueryLogAsync(NewestOf, [after], cancellationToken);
            foreach (var newest in page)
            {
                checkpoints++;
                last = last > newest.At ? last : newest.At;
                if (Judge(newest, key) is { } sentence && findings.Count < MostFindings)
                    findings.Add(new AuditProofFinding(newest.Chain, newest.Seq, sentence));
            }

            if (page.Count < 500)
                break;
            after = page[^1].Chain;
        }

        return TypedResults.Ok(new AuditProofState(
            state.Chains, state.Entries, state.Waiting, state.Unsigned, checkpoints, last, AuditKey.Fingerprint(key.PublicKey), findings));
    }

    private static string? Judge(Newest newest, AuditKey key)
    {
        var checkpoint = new Checkpoint(
            newest.Chain, newest.Seq, Convert.ToHexStringLower(newest.Hash), newest.At, Convert.ToBase64String(newest.PublicKey), Convert.ToBase64String(newest.Signature));
        return !checkpoint.IsSigned() ? "The checkpoint is not signed by the key it names."
            : !newest.PublicKey.AsSpan().SequenceEqual(key.PublicKey) ? $"The checkpoint is signed by key {AuditKey.Fingerprint(newest.PublicKey)}, which is not this node's."
            : newest.EntryHash is null ? newest.ChainSeq < newest.Seq ? "The end of the chain was cut off." : "The entry that the checkpoint saw is missing."
            : !newest.EntryHash.AsSpan().SequenceEqual(newest.Hash) ? "The chain was rewritten: the checkpoint saw another entry here."
            : null;
    }
}
