using System.Globalization;
using Dapper;
using Npgsql;
using Renexus.Engine.Audit;

namespace Renexus.Server.Features.Audit;

/// <summary>What is wrong with a chain.</summary>
/// <param name="Chain">Which.</param>
/// <param name="Seq">Where; null when it is about the whole.</param>
/// <param name="Sentence">What.</param>
internal sealed record AuditFinding(Guid Chain, long? Seq, string Sentence);

/// <summary>What came of checking.</summary>
internal sealed record AuditVerdict(int Chains, long Entries, long Erased, int Checkpoints, IReadOnlyList<AuditFinding> Findings);

/// <summary>
/// Checks the trail against itself and against signed checkpoints. It computes everything anew, trusts no function of the database, and
/// walks past what is wrong, so that one forged entry does not hide another.
/// </summary>
/// <param name="database">A connection that sees every row.</param>
/// <param name="isTrusted">Whether checkpoints of this public key (base64) count.</param>
/// <param name="patience">How long an entry may wait for its seal.</param>
internal sealed class AuditVerifier(NpgsqlConnection database, Func<string, bool> isTrusted, TimeSpan patience)
{
    // PostgreSQL hands out positional records by exact types; the names are SealedEntry's.
    private const string Entries = """
        select form, chain, seq, id, workspace_id, person_id, at, actor_id, session_id, key_id, action, resource, resource_id, correlation_id,
               address, device, origin_salt, before, after, content_salt, origin_digest, content_digest, hash, erased_by
        from engine.audit_entry where chain = @chain and seq is not null order by seq, id
        """;

    private const string Chains = """
        select chain from engine.audit_chain union select chain from engine.audit_entry union select chain from engine.audit_checkpoint
        """;

    private const string Head = "select seq, hash from engine.audit_chain where chain = @chain";

    private const string Unsealed = """
        select count(*) from engine.audit_entry where chain = @chain and seq is null and at < clock_timestamp() - @patience
        """;

    private const string Signed = "select chain, seq, hash, at, public_key, signature from engine.audit_checkpoint where chain = @chain";

    private const string Erasures = """
        select count(*) from engine.audit_entry where id = any (@ids) and action = 'account.deleted' and seq is not null
        """;

    private readonly List<AuditFinding> findings = [];
    private readonly HashSet<Guid> erasures = [];
    private long entries;
    private long erased;
    private int checkpoints;

    /// <param name="only">One chain; null for all.</param>
    /// <param name="kept">Checkpoints that were kept elsewhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditVerdict> RunAsync(Guid? only, IReadOnlyCollection<Checkpoint> kept, CancellationToken cancellationToken)
    {
        var chains = only is { } chosen ? [chosen]
            : (await database.QueryAsync<Guid>(Chains)).Concat(kept.Select(checkpoint => checkpoint.Chain)).Distinct().Order().ToArray();
        foreach (var chain in chains)
            await CheckAsync(chain, [.. kept.Where(checkpoint => checkpoint.Chain == chain)], cancellationToken);

        if (erasures.Count > 0 && await database.ExecuteScalarAsync<long>(Erasures, new { ids = erasures.ToArray() }) is var explained && explained < erasures.Count)
            findings.Add(new(Guid.Empty, null, "Personal values were taken away without the deletion of an account that explains it."));
        return new AuditVerdict(chains.Length, entries, erased, checkpoints, findings);
    }

    private async Task CheckAsync(Guid chain, List<Checkpoint> known, CancellationToken cancellationToken)
    {
        known.AddRange((await database.QueryAsync<SignedRow>(Signed, new { chain })).Select(row => row.ToCheckpoint()));
        var marks = known.Distinct().Where(checkpoint => Believe(checkpoint)).ToLookup(checkpoint => checkpoint.Seq);

        // 1. Each entry in its place, each linked to the one before.
        var previous = AuditHash.Beginning(chain);
        var last = 0L;
        await foreach (var entry in database.QueryUnbufferedAsync<SealedEntry>(Entries, new { chain }).WithCancellation(cancellationToken))
        {
            entries++;
            if (entry.Seq > last + 1)
                Find(chain, last + 1, entry.Seq == last + 2 ? "the entry is missing" : $"entries up to {entry.Seq - 1} are missing");
            else if (entry.Seq <= last)
                Find(chain, entry.Seq, "two entries have this place");
            // After a gap the link cannot be known; what stands there is taken as it is.
            CheckEntry(entry, entry.Seq == last + 1 ? previous : null);
            foreach (var mark in marks[entry.Seq].Where(mark => mark.Hash != Convert.ToHexStringLower(entry.Hash)))
                Find(chain, entry.Seq, $"the chain was rewritten: the checkpoint of {Text(mark.At)} has another hash here");
            (previous, last) = (entry.Hash, entry.Seq);
        }

        // 2. The end: where the chain says it stands, and where checkpoints saw it.
        var head = await database.QueryFirstOrDefaultAsync<HeadRow>(Head, new { chain });
        if (head is null && last > 0)
            Find(chain, null, "the record of where the chain stands is gone");
        else if (head is not null && head.Seq > last)
            Find(chain, last + 1, $"the end was cut off: the chain stood at {head.Seq}");
        else if (head is not null && (head.Seq < last || !head.Hash.AsSpan().SequenceEqual(previous)))
            Find(chain, head.Seq, "the chain stands elsewhere than its last entry");
        if (marks.SelectMany(group => group).MaxBy(mark => mark.Seq) is { } farthest && farthest.Seq > last && (head is null || head.Seq <= last))
            Find(chain, last + 1, $"the end was cut off: the checkpoint of {Text(farthest.At)} saw entry {farthest.Seq}");

        // 3. What never got a place.
        if (await database.ExecuteScalarAsync<long>(Unsealed, new { chain, patience }) is > 0 and var waiting)
            Find(chain, null, $"{waiting} {(waiting == 1 ? "entry waits" : "entries wait")} for a seal for more than {patience.TotalSeconds:F0} s");
    }

    private void CheckEntry(SealedEntry entry, byte[]? previous)
    {
        if (entry.Form != AuditHash.Form)
        {
            Find(entry.Chain, entry.Seq, $"the entry has form {entry.Form}, which this version cannot check");
            return;
        }

        if (entry.OriginSalt is { } originSalt
            ? !entry.OriginDigest.AsSpan().SequenceEqual(AuditHash.OriginDigest(originSalt, entry.Address, entry.Device))
            : !IsErased(entry, entry.Address, entry.Device))
            Find(entry.Chain, entry.Seq, "address or device were changed");
        if (entry.ContentSalt is { } contentSalt
            ? !entry.ContentDigest.AsSpan().SequenceEqual(AuditHash.ContentDigest(contentSalt, entry.Before, entry.After))
            : !IsErased(entry, entry.Before, entry.After))
            Find(entry.Chain, entry.Seq, "before or after were changed");
        if (previous is not null && !entry.Hash.AsSpan().SequenceEqual(AuditHash.Of(previous, entry)))
            Find(entry.Chain, entry.Seq, "the entry was changed, or stands where another stood");
    }

    // Without its salt nobody can tell what a digest was of; that is the point of it.
    private bool IsErased(SealedEntry entry, string? one, string? other)
    {
        if (one is not null || other is not null || entry.ErasedBy is not { } by)
            return false;

        erased++;
        erasures.Add(by);
        return true;
    }

    private bool Believe(Checkpoint checkpoint)
    {
        if (!checkpoint.IsSigned())
            Find(checkpoint.Chain, checkpoint.Seq, $"the checkpoint of {Text(checkpoint.At)} is not signed by the key it names");
        else if (!isTrusted(checkpoint.PublicKey))
            Find(checkpoint.Chain, checkpoint.Seq,
                $"the checkpoint of {Text(checkpoint.At)} is signed by key {AuditKey.Fingerprint(Convert.FromBase64String(checkpoint.PublicKey))}, which is not trusted here; if it is yours, name it with --public-key");
        else
        {
            checkpoints++;
            return true;
        }

        return false;
    }

    private void Find(Guid chain, long? seq, string sentence) => findings.Add(new(chain, seq, sentence));

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record HeadRow(long Seq, byte[] Hash);

    private sealed record SignedRow(Guid Chain, long Seq, byte[] Hash, DateTimeOffset At, byte[] PublicKey, byte[] Signature)
    {
        public Checkpoint ToCheckpoint() => new(
            Chain, Seq, Convert.ToHexStringLower(Hash), At, Convert.ToBase64String(PublicKey), Convert.ToBase64String(Signature));
    }
}
