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

    /// <summary>Where a chain stands, and its newest checkpoint where it has one.</summary>
    private sealed record Standing(
        Guid Chain, long ChainSeq, long Checkpointed, long? Seq, byte[]? Hash, DateTimeOffset? At, byte[]? PublicKey, byte[]? Signature, byte[]? EntryHash);

    private static readonly Query<long> WaitingOf = new("audit.waiting", """
        select count(*) as waiting from (select from engine.audit_entry where seq is null limit 10000) w
        """);

    // In pages, because a chain for each workspace and person is many.
    private static readonly Query<Standing> StandingsOf = new("audit.newest_checkpoints", """
        select c.chain, c.seq as chain_seq, c.checkpointed, k.seq, k.hash, k.at, k.public_key, k.signature, e.hash as entry_hash
        from engine.audit_chain c
        left join lateral (select * from engine.audit_checkpoint p where p.chain = c.chain order by p.seq desc limit 1) k on true
        left join engine.audit_entry e on e.chain = k.chain and e.seq = k.seq
        where ($1::uuid is null or c.chain > $1) order by c.chain limit 500
        """);

    public static async Task<Results<Ok<AuditProofState>, ProblemHttpResult>> HandleAsync(
        Caller caller, Database database, AuditKey key, CancellationToken cancellationToken)
    {
        if (await OpsAudit.RefuseAsync(database, caller, cancellationToken) is { } refusal)
            return refusal;

        var waiting = (await database.QueryLogAsync(WaitingOf, [], cancellationToken))[0];
        var (chains, entries, unsigned, checkpoints) = (0L, 0L, 0L, 0L);
        var (findings, last) = (new List<AuditProofFinding>(), (DateTimeOffset?)null);
        for (Guid? after = null; ;)
        {
            var page = await database.QueryLogAsync(StandingsOf, [after], cancellationToken);
            foreach (var standing in page)
            {
                // A chain's places are counted without a gap, so where it stands is how many it has.
                chains++;
                entries += standing.ChainSeq;
                unsigned += standing.ChainSeq - standing.Checkpointed;
                if (standing is not { Seq: { } seq, At: { } at })
                    continue;
                checkpoints++;
                last = last > at ? last : at;
                if (Judge(standing, seq, at, key) is { } sentence && findings.Count < MostFindings)
                    findings.Add(new AuditProofFinding(standing.Chain, seq, sentence));
            }

            if (page.Count < 500)
                break;
            after = page[^1].Chain;
        }

        return TypedResults.Ok(new AuditProofState(chains, entries, waiting, unsigned, checkpoints, last, AuditKey.Fingerprint(key.PublicKey), findings));
    }

    private static string? Judge(Standing newest, long seq, DateTimeOffset at, AuditKey key)
    {
        var checkpoint = new Checkpoint(
            newest.Chain, seq, Convert.ToHexStringLower(newest.Hash!), at, Convert.ToBase64String(newest.PublicKey!), Convert.ToBase64String(newest.Signature!));
        return !checkpoint.IsSigned() ? "The checkpoint is not signed by the key it names."
            : !newest.PublicKey.AsSpan().SequenceEqual(key.PublicKey) ? $"The checkpoint is signed by key {AuditKey.Fingerprint(newest.PublicKey!)}, which is not this node's."
            : newest.EntryHash is null ? newest.ChainSeq < seq ? "The end of the chain was cut off." : "The entry that the checkpoint saw is missing."
            : !newest.EntryHash.AsSpan().SequenceEqual(newest.Hash) ? "The chain was rewritten: the checkpoint saw another entry here."
            : null;
    }
}
