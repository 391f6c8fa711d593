using Renexus.Engine.Audit;

namespace Renexus.Server.Features.Audit;

/// <summary>Signs where the chains stand, so that not even the database's owner rewrites what was signed unseen.</summary>
internal sealed partial class Checkpoints(AuditHeads heads, AuditKey key, TimeProvider clock, ILogger<Checkpoints> logger)
{
    private const int BatchSize = 500;

    /// <summary>Signs every chain that has grown.</summary>
    public async Task<int> SignAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        while (true)
        {
            var grown = await heads.UnsignedAsync(BatchSize, cancellationToken);
            foreach (var head in grown)
            {
                var checkpoint = Checkpoint.Sign(head.Chain, head.Seq, head.Hash, clock.GetUtcNow(), key);
                await heads.KeepAsync(
                    head, checkpoint.At, Convert.FromBase64String(checkpoint.PublicKey), Convert.FromBase64String(checkpoint.Signature), cancellationToken);
                Signed(logger, head.Chain, head.Seq, checkpoint.Hash);
            }

            count += grown.Count;
            if (grown.Count < BatchSize)
                return count;
        }
    }

    [LoggerMessage(2502, LogLevel.Information, "Audit checkpoint of chain {Chain}: entry {Sequence} has hash {Hash}")]
    private static partial void Signed(ILogger logger, Guid chain, long sequence, string hash);
}
